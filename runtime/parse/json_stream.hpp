#pragma once

#include <rapidjson/reader.h>
#include <rapidjson/stream.h>

#include <bit>
#include <cstdint>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace millwright {

/// What RapidJSON reads from and unescapes into: text that ends in a NUL with `json_padding` readable bytes behind it,
/// so that nothing is compared with an end.
struct json_stream {
  using Ch = char;

  char* src;
  char* dst;
  char* begin;
  /// A surrogate that was escaped alone, which RapidJSON lets through.
  bool lone_surrogate = false;

  explicit json_stream(char* text) : src{text}, dst{text}, begin{text} {}

  char Peek() const { return *src; }
  char Take() { return *src++; }
  size_t Tell() const { return static_cast<size_t>(src - begin); }
  void Put(char c) { *dst++ = c; }
  char* PutBegin() { return dst = src; }
  size_t PutEnd(char* from) { return static_cast<size_t>(dst - from); }
  void Flush() {}
};

inline constexpr size_t json_padding = 32;

/// Bytes of the UTF-8 sequence (two to four) at `p`, which is not ASCII; 0 when it is none: overlong, a surrogate,
/// beyond U+10FFFF or cut short (a NUL ends the text, and is no continuation).
inline int utf8_sequence(const char* p) {
  const auto byte = [p](int i) { return static_cast<unsigned char>(p[i]); };
  const auto continues = [&](int i) { return (byte(i) & 0xc0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0xc2)
    return 0;
  if (first < 0xe0)
    return continues(1) ? 2 : 0;
  if (!continues(1) || !continues(2))
    return 0;
  if (first < 0xf0) {
    if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) >= 0xa0))
      return 0;
    return 3;
  }
  if (!continues(3) || first > 0xf4 || (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) >= 0x90))
    return 0;
  return 4;
}

/// RapidJSON's "encoding" for both sides. RapidJSON asks it to validate and copy one character at a time; it takes the
/// whole run up to the next quote, backslash or control character instead, sixteen bytes a step.
struct utf8_runs {
  using Ch = char;

  /// A character that was escaped.
  template <class Out>
  static void Encode(Out& out, unsigned code) {
    const auto put = [&](unsigned byte) { out.Put(static_cast<char>(byte)); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xc0 | code >> 6);
      put(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      if constexpr (requires { out.lone_surrogate; })
        out.lone_surrogate |= code >= 0xd800 && code < 0xe000;
      put(0xe0 | code >> 12);
      put(0x80 | (code >> 6 & 0x3f));
      put(0x80 | (code & 0x3f));
    } else {
      put(0xf0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3f));
      put(0x80 | (code >> 6 & 0x3f));
      put(0x80 | (code & 0x3f));
    }
  }

  template <class In, class Out>
  static bool Validate(In& in, Out&) {
    char* const from = in.src;
    char* p = from;
    for (;;) {
      p = plain_run(p);
      if (static_cast<unsigned char>(*p) < 0x80)
        break;
      const int bytes = utf8_sequence(p);
      if (bytes == 0)
        return false;
      p += bytes;
    }
    const auto length = static_cast<size_t>(p - from);
    if (in.dst != from)
      std::memmove(in.dst, from, length);
    in.dst += length;
    in.src = p;
    return true;
  }

private:
  // The first quote, backslash, control or non-ASCII character from `p` on.
  static char* plain_run(char* p) {
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(0x20);
    for (;; p += 16) {
      const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
      // Signed: non-ASCII bytes are below the space, too.
      const __m128i stop =
          _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, backslash)), _mm_cmplt_epi8(x, space));
      if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(stop)))
        return p + std::countr_zero(mask);
    }
#else
    while (static_cast<signed char>(*p) >= 0x20 && *p != '"' && *p != '\\')
      ++p;
    return p;
#endif
  }
};

} // namespace millwright

namespace rapidjson {

template <>
struct StreamTraits<millwright::json_stream> {
  enum { copyOptimization = 1 };
};

/// Compact JSON has none: look before anything is copied.
template <>
inline void SkipWhitespace(millwright::json_stream& in) {
  while (*in.src == ' ' || *in.src == '\n' || *in.src == '\r' || *in.src == '\t')
    ++in.src;
}

} // namespace rapidjson
