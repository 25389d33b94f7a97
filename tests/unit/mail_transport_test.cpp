// Files as they lie in MAIL_DIR, and a mail server of a few lines that says what a test wants it to
// say.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <vector>

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "core/errors.h"
#include "mail/smtp_transport.h"
#include "mail/transport.h"

using namespace ventanilla;
namespace fs = std::filesystem;

namespace {

class Folder {
  public:
    Folder() {
        std::string pattern = (fs::temp_directory_path() / "mail.XXXXXX").string();
        BOOST_REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path_); }
    [[nodiscard]] std::string sub(const std::string& name) const { return path_ + '/' + name; }

  private:
    std::string path_;
};

ComposedMail sample(std::int64_t id = 12, const std::string& content = "Subject: a\r\n\r\n.b\r\n") {
    return {id,
            "verification_code",
            "no-responder@ejemplo.org",
            "maria@ejemplo.com",
            "Código",
            "Tu código es 0042",
            content};
}

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

mode_t mode_of(const std::string& path) {
    struct stat found {};
    BOOST_REQUIRE(stat(path.c_str(), &found) == 0);
    return found.st_mode & 0777U;
}

const std::string silence = "silence";

using Replies = std::map<std::string, std::string>;

// Answers as SMTP does, unless `replies` has another answer for a command ("." is the end of the
// mail; "" closes the connection without an answer, `silence` keeps it open).
class MailServer {
  public:
    explicit MailServer(Replies replies = {}) : replies_(std::move(replies)) {
        listener_ = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        BOOST_REQUIRE(bind(listener_, generic, size) == 0);
        BOOST_REQUIRE(listen(listener_, 8) == 0);
        BOOST_REQUIRE(getsockname(listener_, generic, &size) == 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    MailServer(const MailServer&) = delete;
    MailServer& operator=(const MailServer&) = delete;
    ~MailServer() {
        shutdown(listener_, SHUT_RDWR);
        thread_.join();
        close(listener_);
    }

    [[nodiscard]] std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] std::vector<std::string> mails() {
        const std::lock_guard lock(mutex_);
        return mails_;
    }
    std::atomic<int> connections = 0;
    std::atomic<bool> closes_after_mail = false;

  private:
    void serve() {
        for (int client = accept(listener_, nullptr, nullptr); client >= 0;
             client = accept(listener_, nullptr, nullptr)) {
            ++connections;
            FILE* stream = fdopen(client, "r+");
            converse(stream);
            (void)fclose(stream);
        }
    }
    bool answer(FILE* stream, const std::string& command, const std::string& usual) {
        const auto found = replies_.find(command);
        const std::string reply = found == replies_.end() ? usual : found->second;
        (void)fflush(stream);
        if (reply == silence) {
            return true;
        }
        if (!reply.empty()) {
            (void)fprintf(stream, "%s\r\n", reply.c_str());
            (void)fflush(stream);
        }
        return !reply.empty() && command != "QUIT" && !reply.starts_with("421");
    }
    void converse(FILE* stream) {
        char* line = nullptr;
        std::size_t room = 0;
        bool more = answer(stream, "connect", "220 test ESMTP");
        while (more && getline(&line, &room, stream) > 0) {
            const std::string command = std::string(line).substr(0, 4);
            more = command == "DATA" ? take(stream) : answer(stream, command, "250 fine");
        }
        free(line);  // NOLINT: getline's
    }
    bool take(FILE* stream) {
        if (!answer(stream, "DATA", "354 go on")) {
            return false;
        }
        if (replies_.contains("DATA")) {
            return true;
        }
        std::string mail;
        char* line = nullptr;
        std::size_t room = 0;
        while (getline(&line, &room, stream) > 0 && std::string_view(line) != ".\r\n") {
            mail += line;
        }
        free(line);  // NOLINT: getline's
        const std::lock_guard lock(mutex_);
        mails_.push_back(mail);
        return answer(stream, ".", "250 taken") && !closes_after_mail;
    }

    Replies replies_;
    int listener_ = -1;
    int port_ = 0;
    std::mutex mutex_;
    std::vector<std::string> mails_;
    std::thread thread_;
};

Settings smtp_settings(const std::string& url) {
    Settings settings;
    settings.smtp_url = url;
    settings.mail_from = "no-responder@ejemplo.org";
    return settings;
}

SendResult sent_to(const std::string& url) {
    return SmtpTransport(smtp_settings(url), [] { return false; }).send(sample());
}

SendOutcome outcome(Replies replies) {
    const MailServer server(std::move(replies));
    return sent_to(server.url()).outcome;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(file_transport)

BOOST_AUTO_TEST_CASE(a_mail_is_one_private_file_named_by_id_and_message) {
    const Folder folder;
    const std::string mails = folder.sub("var/mail");
    BOOST_TEST((FileTransport(mails).send(sample()).outcome == SendOutcome::Sent));
    const std::string path = mails + "/000012-verification_code.eml";
    BOOST_TEST(text_of(path) == sample().content);
    BOOST_TEST(mode_of(mails) == 0700U);
    BOOST_TEST(mode_of(path) == 0600U);
}

BOOST_AUTO_TEST_CASE(the_same_mail_again_replaces_its_file) {
    const Folder folder;
    FileTransport files(folder.sub("mail"));
    (void)files.send(sample(12, "first"));
    (void)files.send(sample(12, "second"));
    BOOST_TEST(text_of(folder.sub("mail/000012-verification_code.eml")) == "second");
    BOOST_TEST(std::distance(fs::directory_iterator(folder.sub("mail")), {}) == 1);
}

BOOST_AUTO_TEST_CASE(a_message_name_cannot_leave_the_folder) {
    const Folder folder;
    ComposedMail mail = sample();
    mail.message = "../../x";
    BOOST_TEST((FileTransport(folder.sub("mail")).send(mail).outcome == SendOutcome::Sent));
    BOOST_TEST(fs::exists(folder.sub("mail/000012-______x.eml")));
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_made_counts_as_server_away) {
    FileTransport files("/proc/no/such");
    BOOST_TEST((files.send(sample()).outcome == SendOutcome::ServerAway));
    BOOST_CHECK_THROW(files.check(), Misconfigured);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(smtp_transport)

BOOST_AUTO_TEST_CASE(mails_arrive_whole_over_one_connection) {
    MailServer server;
    SmtpTransport smtp(smtp_settings(server.url()), [] { return false; });
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST((smtp.send(sample()).outcome == SendOutcome::Sent));
    }
    BOOST_TEST(server.connections == 1);
    BOOST_REQUIRE(server.mails().size() == 3);
    BOOST_TEST(server.mails().back() == "Subject: a\r\n\r\n..b\r\n");
}

BOOST_AUTO_TEST_CASE(after_a_rest_a_new_connection_is_made) {
    MailServer server;
    SmtpTransport smtp(smtp_settings(server.url()), [] { return false; });
    (void)smtp.send(sample());
    smtp.rest();
    BOOST_TEST((smtp.send(sample()).outcome == SendOutcome::Sent));
    BOOST_TEST(server.connections == 2);
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_answer_goodbye_holds_nobody_up) {
    const MailServer server(Replies{{"QUIT", silence}});
    SmtpTransport smtp(smtp_settings(server.url()), [] { return false; });
    BOOST_TEST((smtp.send(sample()).outcome == SendOutcome::Sent));
    const auto begin = std::chrono::steady_clock::now();
    smtp.rest();
    BOOST_TEST((std::chrono::steady_clock::now() - begin < std::chrono::seconds(5)));
}

BOOST_AUTO_TEST_CASE(a_refused_recipient_or_content_is_about_this_mail) {
    BOOST_TEST((outcome({{"RCPT", "550 5.1.1 nobody"}}) == SendOutcome::RefusedForGood));
    BOOST_TEST((outcome({{"RCPT", "451 4.7.1 later"}}) == SendOutcome::RefusedForNow));
    BOOST_TEST((outcome({{"DATA", "554 no"}}) == SendOutcome::RefusedForGood));
    BOOST_TEST((outcome({{".", "554 5.7.1 spam"}}) == SendOutcome::RefusedForGood));
    BOOST_TEST((outcome({{".", "452 4.3.1 full"}}) == SendOutcome::RefusedForNow));
}

BOOST_AUTO_TEST_CASE(what_would_meet_every_mail_is_about_the_server) {
    BOOST_TEST((outcome({{"connect", "421 later"}}) == SendOutcome::ServerAway));
    BOOST_TEST((outcome({{"connect", "554 no service"}}) == SendOutcome::ServerAway));
    BOOST_TEST((outcome({{"connect", ""}}) == SendOutcome::ServerAway));
    BOOST_TEST((outcome({{"MAIL", "553 not from you"}}) == SendOutcome::ServerAway));
    BOOST_TEST((outcome({{"RCPT", "530 5.7.0 log in"}}) == SendOutcome::ServerAway));
    BOOST_TEST((outcome({{"RCPT", "421 closing"}}) == SendOutcome::ServerAway));
    BOOST_TEST((outcome({{"RCPT", ""}}) == SendOutcome::ServerAway));
    BOOST_TEST((sent_to("smtp://127.0.0.1:1").outcome == SendOutcome::ServerAway));
}

BOOST_AUTO_TEST_CASE(a_mail_that_may_have_gone_out_is_not_tried_again_at_once) {
    BOOST_TEST((outcome({{".", ""}}) == SendOutcome::RefusedForNow));
}

BOOST_AUTO_TEST_CASE(reasons_quote_the_server_but_not_the_recipient) {
    const MailServer server(Replies{{"RCPT", "550 5.1.1 <maria@ejemplo.com>: nobody here"}});
    BOOST_TEST(sent_to(server.url()).reason == "550 5.1.1 <(recipient)>: nobody here");
}

BOOST_AUTO_TEST_CASE(a_kept_connection_that_the_server_has_closed_is_opened_again) {
    MailServer server;
    server.closes_after_mail = true;
    SmtpTransport smtp(smtp_settings(server.url()), [] { return false; });
    for (int i = 0; i < 5; ++i) {
        BOOST_TEST((smtp.send(sample()).outcome == SendOutcome::Sent));
    }
    BOOST_TEST(server.connections == 5);
}

BOOST_AUTO_TEST_CASE(a_server_elsewhere_must_offer_tls) {
    MailServer server;
    // Leads to the same place without being a loopback address.
    std::string url = server.url();
    url.replace(url.find("127.0.0.1"), 9, "0.0.0.0");
    BOOST_TEST((sent_to(url).outcome == SendOutcome::ServerAway));
    BOOST_TEST(server.connections == 1);
    BOOST_TEST(server.mails().empty());
}

BOOST_AUTO_TEST_CASE(being_asked_to_leave_ends_the_wait_for_a_silent_server) {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    BOOST_REQUIRE(bind(listener, generic, size) == 0 && listen(listener, 1) == 0);
    BOOST_REQUIRE(getsockname(listener, generic, &size) == 0);
    const std::string url = "smtp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    SmtpTransport smtp(smtp_settings(url), [] { return true; });
    const auto begin = std::chrono::steady_clock::now();
    BOOST_TEST((smtp.send(sample()).outcome == SendOutcome::ServerAway));
    BOOST_TEST((std::chrono::steady_clock::now() - begin < std::chrono::seconds(3)));
    close(listener);
}

BOOST_AUTO_TEST_CASE(settings_that_cannot_work_are_refused) {
    const auto make = [](const std::string& url) {
        SmtpTransport(smtp_settings(url), [] { return false; });
    };
    BOOST_CHECK_THROW(make("smtp://"), Misconfigured);
    BOOST_CHECK_THROW(make("smtp://user:secret@127.0.0.1"), Misconfigured);
    Settings settings = smtp_settings("smtps://127.0.0.1");
    settings.smtp_ca_file = "/no/such/file.pem";
    BOOST_CHECK_THROW(SmtpTransport(settings, [] { return false; }), Misconfigured);
}

BOOST_AUTO_TEST_SUITE_END()
