#include "runtime/admin/tree_table.hpp"

#include "runtime/admin/actor_page.hpp"
#include "runtime/admin/answer_rows.hpp"
#include "runtime/admin/terminal_text.hpp"

#include <fmt/format.h>

#include <map>

namespace millwright {

namespace {

// What a sensor calls itself must not move a person's cursor.
std::string shown(std::string_view text) {
  constexpr size_t widest = 4096;
  return fit(text, widest);
}

std::string state_behind(const answer_row& row) {
  const auto state = text_in(row, "state");
  return state.empty() || state == "living" ? std::string{} : fmt::format(" ({})", state);
}

std::string indented(size_t depth, std::string_view text) {
  return std::string(2 * depth, ' ').append(shown(text)).append("\n");
}

} // namespace

std::string render_tree(std::string_view rows) {
  std::string out;
  std::map<std::string, size_t> depths;
  each_answer_row(rows, [&](const answer_row& row) {
    const auto parent = depths.find(text_in(row, "parent"));
    const size_t depth = parent == depths.end() ? 0 : parent->second + 1;
    if (const auto count = count_in(row, "count"); count > 0) {
      out +=
          indented(depth, fmt::format("{} of kind {}", figure_text(static_cast<double>(count)), text_in(row, "kind")));
      return;
    }
    const auto name = text_in(row, "name");
    depths.emplace(name, depth);
    out += indented(depth, fmt::format("{}  [{}]{}", name, text_in(row, "kind"), state_behind(row)));
  });
  return out;
}

std::string render_names(std::string_view rows) {
  std::string out;
  each_answer_row(rows, [&](const answer_row& row) { out += indented(0, text_in(row, "name") + state_behind(row)); });
  return out;
}

std::string render_description(std::string_view row) {
  std::string out;
  each_answer_row(row, [&](const answer_row& of) {
    out += fmt::format("{}  [{}]{}\n", shown(text_in(of, "name")), text_in(of, "kind"), state_behind(of));
    if (const auto meaning = text_in(of, "meaning"); !meaning.empty())
      out += meaning + "\n";
    if (const auto parent = text_in(of, "parent"); !parent.empty())
      out += fmt::format("below {}\n", shown(parent));
    out += '\n';
    const auto& says = field_in(of, "describes");
    if (!says.IsObject()) {
      out += "it has not answered in time\n";
      return;
    }
    // Whole, however wide the terminal is: what an actor died of may be long.
    constexpr size_t titles = 26;
    out += render_fields(says, 0, false, titles);
  });
  return out;
}

} // namespace millwright
