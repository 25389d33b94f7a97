// A folder for a gate, and processes that go through it.
#pragma once

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <string>
#include <system_error>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/wait.h>

#include "accounts/hash_gate.h"

namespace ventanilla::test {

class Directory {
  public:
    Directory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "gate.XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) {
            throw std::system_error(errno, std::generic_category(), "mkdtemp");
        }
        path_ = pattern;
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory() { std::filesystem::remove_all(path_); }

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

// Runs `work` in a child; _exit keeps the child out of the test framework's own ending.
template <typename Work>
pid_t in_child(Work work) {
    const pid_t child = fork();
    if (child == 0) {
        int code = 99;
        try {
            code = work();
        } catch (...) {
        }
        _exit(code);
    }
    return child;
}

inline int exit_code(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// A T that the processes of one test share.
template <class T>
class Shared {
  public:
    Shared() {
        void* memory =
            mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) {
            throw std::system_error(errno, std::generic_category(), "mmap");
        }
        shared_ = new (memory) T;
    }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    ~Shared() { munmap(shared_, sizeof(T)); }

    T* operator->() const { return shared_; }

  private:
    T* shared_ = nullptr;
};

inline bool admits(HashGate& gate,
                   std::chrono::milliseconds patience = std::chrono::milliseconds(0)) {
    return gate.enter(patience).has_value();
}

}  // namespace ventanilla::test
