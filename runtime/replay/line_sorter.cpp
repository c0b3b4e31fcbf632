#include "runtime/replay/line_sorter.hpp"

#include "protocol/failure.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <queue>
#include <tuple>
#include <utility>

namespace millwright {

namespace {

constexpr size_t buffer_bytes = 1 << 20;

/// A file that is written or read as a whole; failures name it.
class stream {
public:
  stream(const std::filesystem::path& path, const char* mode) : path_{path}, file_{std::fopen(path.c_str(), mode)} {
    if (!file_)
      fail();
    std::setvbuf(file_, nullptr, _IOFBF, buffer_bytes);
  }
  ~stream() {
    if (file_)
      std::fclose(file_);
  }
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  void write(const void* data, size_t size) {
    if (size > 0 && std::fwrite(data, 1, size, file_) != size)
      fail();
  }
  /// False at the end of the file.
  bool read(void* data, size_t size) {
    if (size == 0)
      return true;
    const size_t got = std::fread(data, 1, size, file_);
    if (got == 0 && std::feof(file_))
      return false;
    if (got != size)
      fail();
    return true;
  }
  void close() {
    auto* file = std::exchange(file_, nullptr);
    if (std::fclose(file) != 0)
      fail();
  }

private:
  [[noreturn]] void fail() const {
    throw failure{failure_code::output_unwritable, path_.string(), std::strerror(errno)};
  }

  std::filesystem::path path_;
  std::FILE* file_;
};

struct run_header {
  int64_t time;
  uint32_t key_length, line_length;
};

/// A sorted run, read record by record.
struct run {
  explicit run(const std::filesystem::path& path) : in{path, "rb"} {}

  bool next() {
    run_header header;
    if (!in.read(&header, sizeof header))
      return false;
    time = header.time;
    key.resize(header.key_length);
    line.resize(header.line_length);
    in.read(key.data(), key.size());
    in.read(line.data(), line.size());
    return true;
  }

  stream in;
  int64_t time = 0;
  std::string key, line;
};

} // namespace

line_sorter::line_sorter(std::filesystem::path file, size_t memory) : file_{std::move(file)}, memory_{memory} {
  // A path that cannot be written is a mistake to be told now, not after hours.
  stream{file_, "wb"}.close();
}

line_sorter::~line_sorter() {
  std::error_code ignored;
  for (const auto& run : runs_)
    std::filesystem::remove(run, ignored);
}

void line_sorter::add(event_time time, std::string_view key, std::string_view line) {
  entries_.push_back(
      {epoch_ms(time), bytes_.size(), static_cast<uint32_t>(key.size()), static_cast<uint32_t>(line.size())});
  bytes_ += key;
  bytes_ += line;
  ++lines_;
  if (bytes_.size() + entries_.size() * sizeof(entry) > memory_)
    spill();
}

void line_sorter::sort() {
  std::sort(entries_.begin(), entries_.end(), [&](const entry& a, const entry& b) {
    if (a.time != b.time)
      return a.time < b.time;
    if (const int order = key_of(a).compare(key_of(b)); order != 0)
      return order < 0;
    return line_of(a) < line_of(b);
  });
}

void line_sorter::spill() {
  sort();
  auto path = file_;
  path += ".run" + std::to_string(runs_.size());
  runs_.push_back(path);
  stream out{path, "wb"};
  for (const auto& e : entries_) {
    const run_header header{e.time, e.key_length, e.line_length};
    out.write(&header, sizeof header);
    out.write(bytes_.data() + e.offset, e.key_length + e.line_length);
  }
  out.close();
  entries_.clear();
  bytes_.clear();
}

void line_sorter::finish() {
  if (!runs_.empty()) {
    spill();
    merge();
    return;
  }
  sort();
  stream out{file_, "wb"};
  for (const auto& e : entries_) {
    const auto line = line_of(e);
    out.write(line.data(), line.size());
    out.write("\n", 1);
  }
  out.close();
}

void line_sorter::merge() {
  std::vector<std::unique_ptr<run>> open;
  const auto later = [&](size_t a, size_t b) {
    return std::tie(open[a]->time, open[a]->key, open[a]->line) > std::tie(open[b]->time, open[b]->key, open[b]->line);
  };
  std::priority_queue<size_t, std::vector<size_t>, decltype(later)> next{later};
  for (const auto& path : runs_) {
    open.push_back(std::make_unique<run>(path));
    if (open.back()->next())
      next.push(open.size() - 1);
  }
  stream out{file_, "wb"};
  while (!next.empty()) {
    const size_t smallest = next.top();
    next.pop();
    out.write(open[smallest]->line.data(), open[smallest]->line.size());
    out.write("\n", 1);
    if (open[smallest]->next())
      next.push(smallest);
  }
  out.close();
}

} // namespace millwright
