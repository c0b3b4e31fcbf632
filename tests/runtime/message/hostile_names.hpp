#pragma once

#include <cstdint>
#include <iterator>
#include <random>
#include <string>

namespace millwright::testing {

/// Names that somebody gave a sensor to break a message: line ends, quotes, brackets, marks of every format, other
/// scripts, bytes that are no text.
inline std::string hostile_name(std::mt19937_64& random) {
  static const std::string pieces[] = {"\r\n",
                                       "\n",
                                       "\r",
                                       "\r\nBcc: x@evil.example\r\n",
                                       "\r\n.\r\n",
                                       "\r\n\r\n",
                                       "\"",
                                       "\\",
                                       "'",
                                       "<b>",
                                       "</b>",
                                       "&",
                                       "&amp;",
                                       "%0d%0a",
                                       "%",
                                       "+",
                                       "=",
                                       "=?utf-8?B?",
                                       "?=",
                                       "{value}",
                                       "{",
                                       "}",
                                       "\t",
                                       " ",
                                       "   ",
                                       "\u00e9",
                                       "\u00df",
                                       "\u6e29",
                                       "\U0001f525",
                                       "\u2028",
                                       "\u0085",
                                       "\x7f",
                                       "\xff",
                                       "\xc3",
                                       "\xed\xa0\x80",
                                       ",",
                                       ";",
                                       ":",
                                       "--=_millwright",
                                       "TI-101",
                                       "]",
                                       "[x](http://evil.example)",
                                       "*",
                                       "_",
                                       "`",
                                       std::string(1, '\0'),
                                       std::string(90, 'a')};
  std::string out;
  for (auto left = random() % 8 + 1; left > 0; --left)
    out += pieces[random() % std::size(pieces)];
  return out;
}

} // namespace millwright::testing
