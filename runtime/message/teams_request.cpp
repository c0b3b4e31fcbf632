#include "runtime/message/teams_request.hpp"

#include "protocol/json.hpp"
#include "runtime/message/page_words.hpp"
#include "runtime/message/text_places.hpp"

#include <algorithm>
#include <string_view>

namespace millwright {

namespace {

// A message has 28 KB at most, and a code point four bytes.
constexpr size_t longest_headline = 700, longest_fact = 300, longest_digest_line = 150, most_card_lines = 30;
constexpr size_t longest_own_line = 150;
// Of what the plant knows, all in all.
constexpr size_t longest_advice = 1'200;

std::string text_run(std::string_view text, std::string_view style) {
  std::string out;
  json_object run{out};
  run.text("type", "TextRun").text("text", text);
  if (style == "bold")
    run.text("weight", "Bolder");
  else if (style == "code")
    run.text("fontType", "Monospace");
  else if (style == "small")
    run.boolean("isSubtle", true).text("size", "Small");
  run.close();
  return out;
}

// Unlike a TextBlock and a FactSet, a RichTextBlock knows no markdown.
void add_block(std::string& blocks, const std::string& runs) {
  blocks += blocks.empty() ? "" : ",";
  json_object{blocks}.text("type", "RichTextBlock").raw("inlines", '[' + runs + ']').close();
}

void add_content(std::string& blocks, const page& x, const page_words& words) {
  size_t left = longest_advice;
  for (const auto& [name, text] : guidance_of(x, words)) {
    const auto shown = cut_line(text, std::min(left, longest_fact));
    left -= std::min(left, shown.size());
    if (!shown.empty())
      add_block(blocks, text_run(name + ": ", "bold") + ',' + text_run(shown, ""));
  }
  for (const auto& [name, text] : facts_of(x, words))
    add_block(blocks, text_run(name + ": ", "bold") + ',' + text_run(cut_line(text, longest_fact), ""));
  if (x.digest && !x.shortest)
    for (const auto& line : digest_lines(*x.digest, most_card_lines))
      add_block(blocks, text_run(cut_line(line, longest_digest_line), ""));
  if (!words.acknowledge.empty())
    add_block(blocks, text_run("Acknowledge: ", "bold") + ',' + text_run(words.acknowledge, "code"));
  if (!words.look.empty() && !x.shortest)
    add_block(blocks, text_run("Look: ", "bold") + ',' + text_run(cut_line(words.look, longest_fact), "code"));
}

std::string_view card_colour(const page& x) {
  if (ends_alarm(x) || x.test)
    return "good";
  return x.about.level >= severity::high ? "attention" : "warning";
}

} // namespace

http_request teams_request(const std::string& url, const page& x, const channel_words& own) {
  const auto words = words_of(x);
  std::string blocks;
  add_block(blocks,
            text_run(cut_line(own.title_of(x, words).value_or(headline_of(x, words)), longest_headline), "bold"));
  if (const auto lines = own.lines_of(x, words)) {
    for (size_t i = 0; i < std::min(lines->size(), most_card_lines); ++i)
      add_block(blocks, text_run(cut_line((*lines)[i], longest_own_line), ""));
  } else {
    add_content(blocks, x, words);
  }
  add_block(blocks, text_run(words.key + (x.may_repeat ? ", may come again" : ""), "small"));

  std::string container, card, attachment;
  json_object{container}
      .text("type", "Container")
      .text("style", card_colour(x))
      .raw("items", '[' + blocks + ']')
      .close();
  json_object{card}
      .text("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
      .text("type", "AdaptiveCard")
      .text("version", "1.4")
      .raw("body", '[' + container + ']')
      .close();
  json_object{attachment}
      .text("contentType", "application/vnd.microsoft.card.adaptive")
      .null("contentUrl")
      .raw("content", card)
      .close();
  http_request out;
  out.url = url;
  out.headers = {header_line("Content-Type", "application/json")};
  json_object{out.body}.text("type", "message").raw("attachments", '[' + attachment + ']').close();
  return out;
}

} // namespace millwright
