// ventanilla-supervisor: runs the services of one installation where there is no systemd (the demo,
// the tests, a shared account). It binds the handlers' sockets itself and hands them over as
// systemd does, so requests queue while a handler restarts; brings back whatever ends; and leaves
// nothing behind when it is told to stop. supervisor.h draws a service's life, service.h describes
// the file.
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>

#include "supervisor/service.h"
#include "supervisor/supervisor.h"

namespace {

constexpr int wrong_usage = 100;
constexpr int wrong_configuration = 102;

constexpr const char* manual = R"(Usage: ventanilla-supervisor FILE

Runs the services that FILE names, in its order, until SIGTERM, SIGINT or SIGHUP; then stops them in reverse
order. One service a line, fields separated by one TAB:

  NAME [OPTION]... -- COMMAND [ARGUMENT]...

  oneshot          a step: the next line waits until it has ended with 0
  socket=PATH      a listening Unix socket, passed as descriptor 3 (LISTEN_FDS); after exit 0 the command
                   is started again only when a connection waits
  ready=PATH       the next line waits until PATH is a file, or a socket that accepts
  timeout=SECONDS  how long oneshot and ready may take (60)
  stop=SIG[,SIG]   signals that ask it to leave (TERM), each with its grace; SIGKILL at last
  grace=SECONDS    how long each of these signals has (5)
  log=PATH         a file that its output is appended to

COMMAND is a path. Empty lines and lines that begin with # are skipped.

Exit codes: 0 stopped by a signal, 1 a step or a first start failed, 100 wrong usage, 102 the file or the
configuration of a service is wrong (the service left with 100 or 102), 111 a system call failed.
)";

int supervise(const char* path) {
    std::ifstream file(path);
    if (!file) {
        throw ventanilla::supervisor::BadServices("it cannot be read");
    }
    auto services = ventanilla::supervisor::read_services(file);
    return ventanilla::supervisor::Supervisor(std::move(services)).run();
}

}  // namespace

int main(int argc, char** argv) {
    constexpr int system_call_failed = 111;
    if (argc == 2 && std::string(argv[1]) == "--help") {
        std::cout << manual;
        return EXIT_SUCCESS;
    }
    if (argc != 2) {
        std::cerr << manual;
        return wrong_usage;
    }
    try {
        return supervise(argv[1]);
    } catch (const ventanilla::supervisor::BadServices& bad) {
        std::cerr << "ventanilla-supervisor: " << argv[1] << ": " << bad.what() << "\n";
        return wrong_configuration;
    } catch (const std::exception& error) {
        std::cerr << "ventanilla-supervisor: " << error.what() << "\n";
        return system_call_failed;
    }
}
