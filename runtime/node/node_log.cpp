#include "runtime/node/node_log.hpp"

#include "protocol/failure.hpp"
#include "protocol/json.hpp"
#include "runtime/transport/patient_output.hpp"

#include <fmt/format.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/dup_filter_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace millwright {

namespace {

constexpr size_t lines_in_queue = 8192;
// Somebody else may have his turn with what the lines go to.
constexpr milliseconds again_after{200};
constexpr milliseconds line_patience{2000};

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
  explicit printing_sink(node_log::print_function print) : print_{std::move(print)} {}

protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    std::string text{line.data(), line.size()};
    while (!text.empty() && text.back() == '\n')
      text.pop_back();
    if (!print_(text))
      throw spdlog::spdlog_ex{"the terminal takes no line"};
  }
  void flush_() override {}

private:
  node_log::print_function print_;
};

// The end of the queue: sums up what repeats, tells what the queue had no room for, and tries again what cannot be
// written.
class persistent_sink : public spdlog::sinks::dup_filter_sink_mt {
public:
  persistent_sink(spdlog::sink_ptr to, spdlog::details::thread_pool& queue, std::shared_ptr<std::atomic<bool>> ending,
                  bool complains)
      : dup_filter_sink{std::chrono::minutes{1}}, queue_{queue}, ending_{std::move(ending)}, complains_{complains} {
    add_sink(std::move(to));
  }

protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    while (!given_up_)
      try {
        tell_overrun(message.logger_name);
        dup_filter_sink::sink_it_(message);
        failing_ = false;
        return;
      } catch (const std::exception& problem) {
        given_up_ = *ending_;
        if (!std::exchange(failing_, true) && complains_)
          complain(problem.what());
        if (!given_up_)
          std::this_thread::sleep_for(again_after);
      }
  }

private:
  void tell_overrun(spdlog::string_view_t name) {
    const auto all = queue_.overrun_counter();
    if (all == told_ || queue_.queue_size() > lines_in_queue / 2)
      return;
    const auto text =
        fmt::format("{} lines of the log were left out here: it could not be written for too long", all - told_);
    // Past what sums up.
    spdlog::sinks::dist_sink_mt::sink_it_(spdlog::details::log_msg{name, spdlog::level::warn, text});
    told_ = all;
  }

  static void complain(const std::string& why) {
    const auto line = "millwright: the log cannot be written, which is tried again: " + why + '\n';
    patient_output{STDERR_FILENO}.write(line, milliseconds{0});
  }

  // No pointer that keeps it: its end waits for the thread that we are on.
  spdlog::details::thread_pool& queue_;
  std::shared_ptr<std::atomic<bool>> ending_;
  bool complains_;
  bool failing_ = false, given_up_ = false;
  size_t told_ = 0;
};

spdlog::sink_ptr writing_to(std::shared_ptr<patient_output> out, const std::string& name) {
  return std::make_shared<printing_sink>([out = std::move(out), name](const std::string& text) {
    if (const int error = out->write(text + '\n', line_patience))
      throw spdlog::spdlog_ex{name, error};
    return true;
  });
}

spdlog::sink_ptr sink_for(const std::string& path, node_log::print_function print) {
  if (path.empty() && print)
    return std::make_shared<printing_sink>(std::move(print));
  if (path.empty())
    return writing_to(std::make_shared<patient_output>(STDERR_FILENO), "standard error");
  try {
    return writing_to(std::make_shared<patient_output>(path), path);
  } catch (const std::system_error& problem) {
    throw failure{failure_code::output_unwritable, "log.path", problem.what()};
  }
}

} // namespace

node_log::node_log(const std::string& level, const std::string& path, print_function print, milliseconds patience)
    : patience_{patience}, before_{spdlog::default_logger()} {
  auto to = sink_for(path, std::move(print));
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<json_text>('*').set_pattern(
      R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","thread":%t,"text":%*})");
  to->set_formatter(std::move(formatter));
  direct_ = std::make_shared<spdlog::logger>("millwright", to);
  direct_->set_level(spdlog::level::trace);
  queue_ = std::make_shared<spdlog::details::thread_pool>(lines_in_queue, 1);
  auto end = std::make_shared<persistent_sink>(std::move(to), *queue_, ending_, !path.empty());
  auto log = std::make_shared<spdlog::async_logger>("millwright", std::move(end), queue_,
                                                    spdlog::async_overflow_policy::overrun_oldest);
  log->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(log));
}

// The queue's own end waits for its thread, however long that hangs.
node_log::~node_log() {
  spdlog::set_default_logger(std::move(before_));
  *ending_ = true;
  std::promise<void> ended;
  const auto written = ended.get_future();
  std::thread{[queue = std::move(queue_), ended = std::move(ended)]() mutable {
    queue.reset();
    ended.set_value();
  }}.detach();
  written.wait_for(patience_);
}

} // namespace millwright
