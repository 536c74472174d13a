#include "gatefold/support/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include "gatefold/support/descriptor.h"

namespace gatefold {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds poll_interval(50);
constexpr milliseconds grace(2000);  // between the polite and the hard signal

Diagnostic not_started(const Command& command, std::string_view reason) {
  return diagnose(DiagnosticId::ProgramNotStarted, "", command.arguments.front(), reason);
}

Diagnostic timed_out(const Command& command) {
  const double seconds = std::chrono::duration<double>(*command.timeout).count();
  return diagnose(DiagnosticId::ProgramTimedOut, "", command.arguments.front(), seconds);
}

/// The open log, or nothing open when the command has none.
Result<Descriptor> open_log(const Command& command) {
  if (!command.log) return Descriptor();
  Descriptor log(::open(command.log->c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (log.open()) return log;
  return diagnose(DiagnosticId::FileNotWritable, "", command.log->string(), std::strerror(errno));
}

bool is_program(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

struct Pipe {
  Descriptor reading, writing;
};

std::optional<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

/// Our environment with the command's additions, as `name=value`.
std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!command.environment.contains(std::string(text.substr(0, text.find('='))))) {
      entries.emplace_back(text);
    }
  }
  for (const auto& [name, value] : command.environment) {
    entries.push_back(fmt::format("{}={}", name, value));
  }
  return entries;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Starts the program with these descriptors as its outputs; the error number when it fails.
int spawn(const Command& command, const fs::path& program, int out, int err, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, command.folder.c_str());
  sigset_t defaults;
  sigemptyset(&defaults);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) sigaddset(&defaults, signal);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> arguments = command.arguments, environment = environment_of(command);
  const int error = posix_spawn(&pid, program.c_str(), &actions, &attributes,
                                pointers_to(arguments).data(), pointers_to(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

/// A running program: knows when it has ended without reaping it, so that its group's number
/// cannot be given to somebody else before the group is ended.
class Child {
 public:
  Child(pid_t pid, Descriptor ended)
      : pid_(pid), waiter_([pid, end = std::move(ended)]() mutable {
          siginfo_t info;
          const auto number = static_cast<id_t>(pid);
          while (::waitid(P_PID, number, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
          }
          end.close();
        }) {}

  void signal(int number) const { ::kill(-pid_, number); }

  /// Ends what is left of the group and returns the exit code.
  int reap() {
    waiter_.join();
    signal(SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  pid_t pid_;
  std::thread waiter_;  // closes the write end of the `ended` pipe when the program has ended
};

/// One output of the program, collected until its last writer closes it.
class Collector {
 public:
  Collector(Descriptor pipe, std::string& text) : pipe_(std::move(pipe)), text_(text) {}

  /// For poll, which passes over a negative number.
  int descriptor() const { return pipe_.get(); }

  /// Appends what the pipe holds at the moment.
  void drain() {
    std::array<char, 65536> buffer;
    while (pipe_.open()) {
      const ssize_t count = ::read(pipe_.get(), buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count == 0) pipe_.close();
      if (count <= 0) return;
      text_.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  Descriptor pipe_;
  std::string& text_;
};

enum class Ending { Ended, TimedOut, Interrupted };

/// Collects outputs until the program ends, in time or by our signals.
class Watch {
 public:
  Watch(const Command& command, const Child& child, Collector out, Collector err,
        const Descriptor& ended)
      : command_(command),
        child_(child),
        out_(std::move(out)),
        err_(std::move(err)),
        ended_(ended) {}

  Ending run() {
    while (!step()) {
      if (ending_ == Ending::Ended) look_for_reason();
      if (kill_at_ && Clock::now() > *kill_at_) child_.signal(SIGKILL);
      if (command_.progress != nullptr) command_.progress->tick();
    }
    return ending_;
  }

 private:
  /// True when the program has ended.
  bool step() {
    std::array<pollfd, 3> waiting = {{{ended_.get(), POLLIN, 0},
                                      {out_.descriptor(), POLLIN, 0},
                                      {err_.descriptor(), POLLIN, 0}}};
    ::poll(waiting.data(), waiting.size(), static_cast<int>(poll_interval.count()));
    out_.drain();
    err_.drain();
    return (waiting[0].revents & POLLHUP) != 0;
  }

  void look_for_reason() {
    if (interrupted()) {
      ending_ = Ending::Interrupted;
    } else if (command_.timeout && Clock::now() - start_ > *command_.timeout) {
      ending_ = Ending::TimedOut;
    } else {
      return;
    }
    child_.signal(SIGTERM);
    kill_at_ = Clock::now() + grace;
  }

  const Command& command_;
  const Child& child_;
  Collector out_, err_;
  const Descriptor& ended_;
  Ending ending_ = Ending::Ended;
  Clock::time_point start_ = Clock::now();
  std::optional<Clock::time_point> kill_at_;
};

}  // namespace

std::optional<fs::path> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    return is_program(name) ? std::optional(fs::absolute(name)) : std::nullopt;
  }
  const char* variable = std::getenv("PATH");
  std::string_view rest = variable == nullptr ? "" : variable;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    const fs::path candidate = fs::path(folder) / name;
    if (!folder.empty() && is_program(candidate)) return fs::absolute(candidate);
  }
  return std::nullopt;
}

Result<ProcessOutput> run_process(const Command& command) {
  GATEFOLD_ASSERT(!command.arguments.empty(), "a command needs a program");
  const auto program = find_program(command.arguments.front());
  if (!program) return not_started(command, "no such program");
  std::error_code missing;
  if (!fs::is_directory(command.folder, missing)) {
    return not_started(command, fmt::format("there is no folder '{}'", command.folder.string()));
  }
  GATEFOLD_TRY(Descriptor log, open_log(command));
  auto out = make_pipe(), err = make_pipe(), ended = make_pipe();
  if (!out || !err || !ended) return not_started(command, std::strerror(errno));
  pid_t pid = 0;
  const int error = spawn(command, *program, log.open() ? log.get() : out->writing.get(),
                          log.open() ? log.get() : err->writing.get(), pid);
  if (error != 0) return not_started(command, std::strerror(error));
  out->writing.close();
  err->writing.close();
  ProcessOutput result;
  Child child(pid, std::move(ended->writing));
  Watch watch(command, child, Collector(std::move(out->reading), result.output),
              Collector(std::move(err->reading), result.errors), ended->reading);
  const Ending ending = watch.run();
  result.exit_code = child.reap();
  if (ending == Ending::Interrupted) return diagnose(DiagnosticId::Interrupted, "");
  if (ending == Ending::TimedOut) return timed_out(command);
  return result;
}

}  // namespace gatefold
