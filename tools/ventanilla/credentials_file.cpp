#include "ventanilla/credentials_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "core/errors.h"
#include "jobs/credentials.h"

namespace ventanilla::cli {
namespace {

constexpr mode_t only_owner = 0600;
constexpr int most_files_aside = 10000;

// Never onto a file that is there.
bool renamed(const std::string& from, const std::string& to) {
    return renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0;
}

}  // namespace

CredentialsFile::CredentialsFile(std::string path) : path_(std::move(path)) {
    move_aside();
    file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, only_owner);
    if (file_ < 0) {
        fail("crear");
    }
}

CredentialsFile::~CredentialsFile() {
    close(file_);
    if (is_empty_) {
        (void)unlink(path_.c_str());
        if (!moved_to_.empty()) {
            (void)renamed(moved_to_, path_);
        }
    }
}

void CredentialsFile::move_aside() {
    for (int number = 1; number <= most_files_aside; ++number) {
        const std::string aside = path_ + "." + std::to_string(number);
        if (renamed(path_, aside)) {
            moved_to_ = aside;
            return;
        }
        if (errno == ENOENT) {
            return;
        }
        if (errno != EEXIST) {
            fail("apartar");
        }
    }
    fail("apartar");
}

void CredentialsFile::add(const std::string& entries) {
    if (entries.empty()) {
        return;
    }
    if (is_empty_) {
        is_empty_ = false;
        write_all(credentials_file_head());
    }
    write_all(entries);
}

void CredentialsFile::finish() {
    if (!is_empty_ && fsync(file_) != 0) {
        fail("guardar");
    }
}

void CredentialsFile::write_all(const std::string& text) const {
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t written = write(file_, text.data() + done, text.size() - done);
        if (written < 0 && errno != EINTR) {
            fail("escribir");
        }
        done += written < 0 ? 0 : static_cast<std::size_t>(written);
    }
}

void CredentialsFile::fail(const char* what) const {
    throw Failure(std::string("no se pudo ") + what + " el archivo " + path_ + ": "
                  + std::strerror(errno));
}

}  // namespace ventanilla::cli
