#pragma once

#include <string>
#include <string_view>

/// Texts as mail carries them: 7-bit ASCII in lines of 76 characters at most, ended by CR LF (RFC 2045, 2047, 5322).
namespace millwright {

/// Appends "NAME: text" and a line end; folded at spaces, as encoded words where `text` is not plain ASCII, has words
/// that do not fit a line, or looks like an encoded word. `text` is made one line first, runs of spaces one space.
/// @param name of ASCII letters, digits and hyphens, of at most 40.
void append_mail_header(std::string& out, std::string_view name, std::string_view text);

/// A body of lines, ended by line feeds, as quoted-printable. Valid UTF-8 stays what it is when decoded; other control
/// characters than line feeds are encoded.
std::string quoted_printable(std::string_view text);

} // namespace millwright
