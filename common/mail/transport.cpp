#include "mail/transport.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

#include <sys/stat.h>

#include "core/errors.h"
#include "core/unreachable.h"
#include "mail/smtp_transport.h"

namespace ventanilla {
namespace {

constexpr mode_t folder_mode = 0700;
constexpr mode_t file_mode = 0600;
constexpr std::size_t id_digits = 6;

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

class Descriptor {
  public:
    Descriptor(const std::string& path, int flags) : number_(open(path.c_str(), flags, file_mode)) {
        if (number_ < 0) {
            fail(path);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(number_); }

    void write_all(std::string_view data, const std::string& path) const {
        while (!data.empty()) {
            const ssize_t count = write(number_, data.data(), data.size());
            if (count < 0 && errno != EINTR) {
                fail(path);
            }
            data.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
        }
    }
    void sync(const std::string& path) const {
        if (fsync(number_) != 0) {
            fail(path);
        }
    }

  private:
    int number_;
};

void make_folder(const std::string& folder) {
    std::error_code ignored;
    std::filesystem::create_directories(std::filesystem::path(folder).parent_path(), ignored);
    if (mkdir(folder.c_str(), folder_mode) != 0 && errno != EEXIST) {
        fail(folder);
    }
}

std::string file_name(const ComposedMail& mail) {
    std::string number = std::to_string(mail.id);
    number.insert(0, id_digits - std::min(id_digits, number.size()), '0');
    std::string name = number + '-';
    for (const char c : mail.message) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        name += plain ? c : '_';
    }
    return name + ".eml";
}

// The name appears only when all of it is on disk; the name itself is made safe by syncing the
// folder.
void keep(const std::string& folder, const std::string& name, const std::string& content) {
    const std::string path = folder + '/' + name;
    const std::string unfinished = folder + "/." + name + ".part";
    {
        const Descriptor file(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC);
        file.write_all(content, unfinished);
        file.sync(unfinished);
    }
    if (std::rename(unfinished.c_str(), path.c_str()) != 0) {
        fail(path);
    }
    Descriptor(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC).sync(folder);
}

// What a terminal shows as it is: a name that somebody chose must not move the cursor.
std::string harmless(std::string text) {
    for (char& c : text) {
        const auto byte = static_cast<unsigned char>(c);
        c = (byte < 0x20 && c != '\n') || byte == 0x7f ? '?' : c;
    }
    return text;
}

}  // namespace

SendResult FileTransport::send(const ComposedMail& mail) {
    try {
        make_folder(folder_);
        keep(folder_, file_name(mail), mail.content);
    } catch (const std::system_error& error) {
        return {SendOutcome::ServerAway, error.what()};
    }
    return {};
}

void FileTransport::check() {
    try {
        make_folder(folder_);
    } catch (const std::system_error& error) {
        throw Misconfigured(std::string("setting MAIL_DIR: ") + error.what());
    }
    if (access(folder_.c_str(), W_OK | X_OK) != 0) {
        throw Misconfigured("setting MAIL_DIR: no right to write to " + folder_);
    }
}

SendResult ConsoleTransport::send(const ComposedMail& mail) {
    SendResult result = files_.send(mail);
    if (result.outcome == SendOutcome::Sent) {
        const std::string shown = harmless(
            "\n---- mail " + std::to_string(mail.id) + ": " + mail.message + "\nTo: "
            + mail.recipient + "\nSubject: " + mail.subject + "\n\n" + mail.text + "\n----\n");
        (void)std::fwrite(shown.data(), 1, shown.size(), stdout);
        (void)std::fflush(stdout);
    }
    return result;
}

std::unique_ptr<Transport> make_transport(const Settings& settings,
                                          std::function<bool()> must_leave) {
    switch (settings.mail_backend()) {
        case MailBackend::Console:
            return std::make_unique<ConsoleTransport>(settings.mail_dir);
        case MailBackend::File:
            return std::make_unique<FileTransport>(settings.mail_dir);
        case MailBackend::Smtp:
            return std::make_unique<SmtpTransport>(settings, std::move(must_leave));
    }
    unreachable();
}

}  // namespace ventanilla
