#include "protocol/detection_settings.hpp"

#include <algorithm>

namespace millwright {

namespace {

enum class letter { other, digit, of_word };

letter kind_of(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= '0' && byte <= '9')
    return letter::digit;
  // Beyond ASCII everything is a letter: `főreaktor` is one word.
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte >= 0x80 ? letter::of_word : letter::other;
}

bool same(char a, char b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return lower(a) == lower(b);
}

/// No word and no number goes on across `at`.
bool parted_at(std::string_view text, size_t at) {
  return at == 0 || at == text.size() || kind_of(text[at - 1]) != kind_of(text[at]) ||
         kind_of(text[at]) == letter::other;
}

bool has_words(std::string_view text, std::string_view words) {
  if (words.empty())
    return false;
  for (auto from = text.begin();;) {
    const auto found = std::search(from, text.end(), words.begin(), words.end(), same);
    if (found == text.end())
      return false;
    const auto at = static_cast<size_t>(found - text.begin());
    if (parted_at(text, at) && parted_at(text, at + words.size()))
      return true;
    from = found + 1;
  }
}

bool has_any(std::string_view text, const std::vector<std::string>& all) {
  return std::any_of(all.begin(), all.end(), [&](const auto& words) { return has_words(text, words); });
}

bool is_of_process(rule which) {
  switch (which) {
  case rule::limit:
  case rule::z:
  case rule::state:
  case rule::rate:
  case rule::novelty:
  case rule::rapid_change:
    return true;
  default:
    return false;
  }
}

struct bonuses {
  bool by_criticality = false;
  int own = 0, unit = 0, facility = 0;
  int sum() const { return own + unit + facility; }
};

bonuses bonuses_of(const detection_settings& settings, const urgency& of) {
  switch (of.how) {
  case criticality::low:
    return {true, settings.priority_low};
  case criticality::medium:
    return {true, settings.priority_medium};
  case criticality::high:
    return {true, settings.priority_high};
  default:
    return {false, 0, has_any(of.unit, settings.priority_units) ? settings.priority_unit_bonus : 0,
            has_any(of.facility, settings.priority_facilities) ? settings.priority_facility_bonus : 0};
  }
}

} // namespace

int priority_of(const detection_settings& settings, rule which, int score, const urgency& of) {
  return std::clamp(score + (is_of_process(which) ? bonuses_of(settings, of).sum() : 0), 0, 100);
}

priority_parts priority_parts_of(const detection_settings& settings, rule which, int score, const urgency& of) {
  if (!is_of_process(which))
    return {score, 0, "what is wrong with an instrument or the node is as urgent everywhere"};
  const auto found = bonuses_of(settings, of);
  priority_parts out{score, found.sum(), {}};
  if (found.by_criticality)
    out.because = of.how == criticality::low    ? "criticality low"
                  : of.how == criticality::high ? "criticality high"
                                                : "criticality medium";
  else if (found.unit != 0)
    out.because = "by the name of its unit" + std::string{found.facility != 0 ? " and of its facility" : ""};
  else
    out.because = found.facility != 0 ? "by the name of its facility"
                                      : "no criticality is known, and neither unit nor facility has a name that counts";
  return out;
}

std::vector<std::pair<severity, int>> paged_as(const detection_settings& settings, rule which) {
  std::vector<std::pair<severity, int>> out;
  if (which == rule::z) {
    for (int score = score_of(settings, which, severity::critical); score < 100; score += 10)
      out.emplace_back(severity::critical, score);
    out.emplace_back(severity::critical, 100);
    return out;
  }
  const auto usual = settings.of(which).level;
  out.emplace_back(usual, score_of(settings, which, usual));
  if (which == rule::limit)
    out.emplace_back(severity::critical, score_of(settings, which, severity::critical));
  return out;
}

int score_of(const detection_settings& settings, rule which, severity level) {
  if (which == rule::limit && level == severity::critical)
    return settings.limit_critical_score;
  if (which != rule::z)
    return settings.of(which).score;
  const auto& z = settings.z;
  const double least = level == severity::critical ? z.critical : level == severity::high ? z.high : z.medium;
  return static_cast<int>(std::min(10 * least, 1000.0));
}

} // namespace millwright
