#include "supervisor/process.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

namespace ventanilla::supervisor {
namespace {

constexpr int first_passed = 3;  // what systemd calls SD_LISTEN_FDS_START
constexpr int backlog = 4096;
constexpr int cannot_run = 127;

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        fail(path);
    }
    std::copy(path.begin(), path.end(), std::begin(address.sun_path));
    return address;
}

// The sockets API takes every kind of address through one pointer type.
const sockaddr* generic(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

Descriptor unix_socket(int flags) {
    Descriptor result(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
    if (result.get() < 0) {
        fail("socket");
    }
    return result;
}

// --- in the child, between fork and exec ---

void default_signals() {
    for (int number = 1; number < NSIG; ++number) {
        static_cast<void>(std::signal(number, SIG_DFL));  // KILL, STOP and the library's own refuse
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
}

void connect_output(const Service& service) {
    const int null = open("/dev/null", O_RDONLY);
    dup2(null, STDIN_FILENO);
    if (!service.log.empty()) {
        const int log = open(service.log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (log >= 0) {
            dup2(log, STDOUT_FILENO);
            dup2(log, STDERR_FILENO);
        }
    }
}

void pass_listener(const Service& service, int listener) {
    if (listener < 0) {
        close_range(first_passed, ~0U, 0);
        return;
    }
    if (listener == first_passed) {
        fcntl(listener, F_SETFD, 0);
    } else {
        dup2(listener, first_passed);  // the copy is not close-on-exec
    }
    close_range(first_passed + 1, ~0U, 0);
    setenv("LISTEN_FDS", "1", 1);
    setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
    setenv("LISTEN_FDNAMES", service.name.c_str(), 1);
}

[[noreturn]] void become(const Service& service, int listener, pid_t supervisor) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, service.stop_signals.front());
    if (getppid() != supervisor) {
        _exit(0);  // it died before the line above
    }
    connect_output(service);
    pass_listener(service, listener);
    default_signals();
    std::vector<char*> arguments;
    for (const std::string& word : service.command) {
        arguments.push_back(const_cast<char*>(word.c_str()));  // execv promises not to write
    }
    arguments.push_back(nullptr);
    execv(arguments.front(), arguments.data());
    std::cerr << service.command.front() << ": " << std::strerror(errno) << std::endl;
    _exit(cannot_run);
}

std::vector<pid_t> children_of_this_process() {
    std::ifstream file("/proc/thread-self/children");
    std::vector<pid_t> pids;
    for (pid_t pid = 0; file >> pid;) {
        pids.push_back(pid);
    }
    return pids;
}

}  // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0) {
        close(number_);
    }
}

Descriptor listen_on(const std::string& path) {
    const sockaddr_un address = address_of(path);
    Descriptor listener = unix_socket(0);
    unlink(path.c_str());
    const mode_t before = umask(0117);
    const int bound = bind(listener.get(), generic(address), sizeof address);
    umask(before);
    if (bound != 0 || listen(listener.get(), backlog) != 0) {
        fail(path);
    }
    return listener;
}

bool is_ready(const std::string& path) {
    struct stat found {};
    if (stat(path.c_str(), &found) != 0) {
        return false;
    }
    if (!S_ISSOCK(found.st_mode)) {
        return found.st_size > 0;
    }
    const sockaddr_un address = address_of(path);
    const Descriptor probe = unix_socket(SOCK_NONBLOCK);
    return connect(probe.get(), generic(address), sizeof address) == 0;
}

Descriptor take_signals() {
    struct sigaction hangup {};
    sigaction(SIGHUP, nullptr, &hangup);
    sigset_t taken;
    sigemptyset(&taken);
    for (const int number : {SIGTERM, SIGINT, SIGCHLD}) {
        static_cast<void>(std::signal(number, SIG_DFL));  // a shell's `&` leaves INT ignored
        sigaddset(&taken, number);
    }
    if (hangup.sa_handler != SIG_IGN) {
        sigaddset(&taken, SIGHUP);
    }
    sigprocmask(SIG_BLOCK, &taken, nullptr);
    Descriptor result(signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK));
    if (result.get() < 0) {
        fail("signalfd");
    }
    return result;
}

pid_t start_process(const Service& service, int listener) {
    const pid_t supervisor = getpid();
    const pid_t child = fork();
    if (child < 0) {
        fail("fork");
    }
    if (child == 0) {
        become(service, listener, supervisor);
    }
    setpgid(child, child);  // in both, so that the group exists whoever is first
    return child;
}

void adopt_orphans() {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void kill_remaining_children() {
    for (auto pids = children_of_this_process(); !pids.empty(); pids = children_of_this_process()) {
        for (const pid_t pid : pids) {
            kill(pid, SIGKILL);
            waitpid(pid, nullptr, 0);
        }
    }
}

std::string last_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::string last;
    file.seekg(0, std::ios::end);
    file.seekg(std::max<std::streamoff>(0, std::streamoff(file.tellg()) - 4096));
    while (std::getline(file, line)) {
        if (!line.empty()) {
            last = line;
        }
    }
    return last;
}

}  // namespace ventanilla::supervisor
