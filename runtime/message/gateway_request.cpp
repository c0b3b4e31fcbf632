#include "runtime/message/gateway_request.hpp"

#include "runtime/message/text_places.hpp"

#include <algorithm>
#include <strings.h>
#include <utility>

namespace millwright {

namespace {

const char* type_of(text_place format) {
  switch (format) {
  case text_place::json:
    return "application/json";
  case text_place::form:
    return "application/x-www-form-urlencoded";
  default:
    return "text/plain; charset=utf-8";
  }
}

bool names_header(const gateway_form& form, const char* name) {
  return std::any_of(form.headers.begin(), form.headers.end(),
                     [&](const auto& x) { return strcasecmp(x.first.c_str(), name) == 0; });
}

} // namespace

http_request gateway_request(const gateway_form& form, const page& x, const std::string& to) {
  auto words = words_of(x);
  if (form.longest > 0) {
    auto cut = cut_line(words.message, form.longest);
    // Where something has to go, it goes behind what a person needs.
    if (cut != words.message && !x.shortest)
      cut = cut_line(brief_of(x), form.longest);
    words.message = std::move(cut);
  }
  http_request out;
  out.method = form.method;
  out.url = form.url.filled(words, to, text_place::form);
  if (form.method != "GET" && !names_header(form, "Content-Type"))
    out.headers.push_back(header_line("Content-Type", type_of(form.format)));
  if (!names_header(form, "Idempotency-Key"))
    out.headers.push_back(header_line("Idempotency-Key", to.empty() ? words.key : words.key + '-' + to));
  if (!form.user.empty() || !form.password.empty())
    out.headers.push_back(basic_login(form.user, form.password));
  // The fields are plain here: the whole line is made fit for a header.
  for (const auto& [name, value] : form.headers)
    out.headers.push_back(header_line(name, value.filled(words, to, text_place::plain)));
  if (form.method != "GET")
    out.body = form.body.filled(words, to, form.format);
  return out;
}

} // namespace millwright
