#include "runtime/node/node_log.hpp"

#include "protocol/failure.hpp"
#include "protocol/json.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/dup_filter_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <mutex>

namespace millwright {

namespace {

// The text as a JSON string: a message may quote a payload.
class json_text : public spdlog::custom_flag_formatter {
public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    std::string text;
    append_json_string(text, std::string_view{message.payload.data(), message.payload.size()});
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<json_text>(); }
};

class printing_sink : public spdlog::sinks::base_sink<std::mutex> {
public:
  explicit printing_sink(std::function<void(const std::string&)> print) : print_{std::move(print)} {}

protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    std::string text{line.data(), line.size()};
    while (!text.empty() && text.back() == '\n')
      text.pop_back();
    print_(text);
  }
  void flush_() override {}

private:
  std::function<void(const std::string&)> print_;
};

spdlog::sink_ptr sink_for(const std::string& path, std::function<void(const std::string&)> print) {
  if (path.empty() && print)
    return std::make_shared<printing_sink>(std::move(print));
  if (path.empty())
    return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  try {
    return std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
  } catch (const spdlog::spdlog_ex& problem) {
    throw failure{failure_code::output_unwritable, "log.path", problem.what()};
  }
}

} // namespace

void set_up_log(const std::string& level, const std::string& path, std::function<void(const std::string&)> print) {
  auto once = std::make_shared<spdlog::sinks::dup_filter_sink_mt>(std::chrono::minutes{1});
  once->add_sink(sink_for(path, std::move(print)));
  auto log = std::make_shared<spdlog::logger>("millwright", std::move(once));
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<json_text>('*').set_pattern(
      R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","thread":%t,"text":%*})");
  log->set_formatter(std::move(formatter));
  log->set_level(spdlog::level::from_str(level));
  log->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(log));
}

} // namespace millwright
