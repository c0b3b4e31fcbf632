#pragma once

#include <cstdint>

namespace millwright {

/// Where a text is to stand, and so how it is escaped.
enum class text_place : uint8_t { plain, json, form, header };

} // namespace millwright
