#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace millwright {

/// What a source means by quality_score: 0..1; 0..100; the quality word of OPC DA (192 is good, 24 a failed
/// communication); the status code of OPC UA (0 is good), signed or not.
enum class quality_scale : uint8_t { unit, percent, opc_da, opc_ua };

/// "unit" and so on, as in the setting `source.quality`.
std::string_view name_of(quality_scale scale);

/// "0..1", "0..100", ...: what `quality_of` takes, for people.
std::string_view range_of(quality_scale scale);

/// As 0..1; none for what the scale does not have. Of OPC's three, good is 1, uncertain 0.5, bad 0.
std::optional<double> quality_of(double given, quality_scale scale);

} // namespace millwright
