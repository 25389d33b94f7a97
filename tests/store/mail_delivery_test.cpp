// The queue against a real database (TEST_DATABASE_URL: empty, migrated), with a transport that
// does as it is told.
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "db/database_error.h"
#include "mail/delivery.h"

using namespace ventanilla;
using namespace std::chrono_literals;

namespace {

const std::string templates_folder =
    (std::filesystem::path(__FILE__).parent_path() / "../../templates").lexically_normal();

constexpr db::Statement clean{"clean", "DELETE FROM mail_outbox"};
constexpr db::Statement read_row{"read_row", R"sql(
    SELECT status, attempts::bigint, next_attempt_at, sent_at, model IS NULL, last_error
    FROM mail_outbox WHERE recipient = $1)sql"};
constexpr db::Statement leave_sending{"leave_sending", R"sql(
    UPDATE mail_outbox SET status = 'sending', attempts = $2, next_attempt_at = $3 WHERE recipient = $1)sql"};
constexpr db::Statement end_session{"end_session", R"sql(
    SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = $1)sql"};

std::string database_url() {
    const char* url = std::getenv("TEST_DATABASE_URL");
    BOOST_REQUIRE_MESSAGE(url != nullptr, "TEST_DATABASE_URL is not set");
    return url;
}

Settings test_settings(const std::string& key = std::string(32, 'k')) {
    return Settings::read([&key](const std::string& name) -> std::optional<std::string> {
        return name == "SECRET_KEY" ? std::optional(key) : std::nullopt;
    });
}

// Takes every mail, or says what stands next in `script`. `during` runs while a mail is on its way.
class ScriptedTransport : public Transport {
  public:
    SendResult send(const ComposedMail& mail) override {
        recipients.push_back(mail.recipient);
        during();
        if (script.empty()) {
            return {};
        }
        const SendResult result = script.front();
        script.pop_front();
        return result;
    }
    void rest() override { ++rests; }
    void check() override {}

    std::vector<std::string> recipients;
    std::deque<SendResult> script;
    std::function<void()> during = [] {};
    int rests = 0;
};

struct Row {
    std::string status;
    std::int64_t attempts = 0;
    Timestamp next;
    std::optional<Timestamp> sent_at;
    bool erased = false;
    std::optional<std::string> error;
};

const SendResult away{SendOutcome::ServerAway, "connection refused"};
const SendResult refused_for_now{SendOutcome::RefusedForNow, "451 later"};
const SendResult refused_for_good{SendOutcome::RefusedForGood, "550 nobody"};

struct Queue {
    Queue() { probe.run(clean); }

    void add(const std::string& recipient,
             std::optional<Timestamp> not_after = std::nullopt,
             Message message = Message::VerificationCode) {
        probe.run_all(
            {outbox.queue(message, recipient, {{"code", "0042"}}, clock.now(), not_after)});
    }
    [[nodiscard]] Row row(const std::string& recipient) {
        const auto [status, attempts, next, sent_at, erased, error] =
            probe.run(read_row, recipient)
                .at<std::string,
                    std::int64_t,
                    Timestamp,
                    std::optional<Timestamp>,
                    bool,
                    std::optional<std::string>>(0);
        return {status, attempts, next, sent_at, erased, error};
    }
    // Until nothing is due, as the worker would.
    DeliveryReport deliver() { return deliver(delivery); }
    DeliveryReport deliver(Delivery& by) const {
        DeliveryReport report{};
        do {
            report = by.deliver_due([] { return false; });
        } while (report.next_due && *report.next_due <= clock.now());
        return report;
    }

    Settings settings = test_settings();
    FixedClock clock{parse_iso("2026-11-21 12:00:00+00")};
    Renderer renderer = [] {
        Renderer made(templates_folder);
        made.load_mails();
        return made;
    }();
    Outbox outbox{settings};
    MessageText texts{settings, renderer};
    ScriptedTransport transport;
    db::Connection probe{{database_url(), false, "probe"}};
    db::Connection connection{{database_url(), false, "delivery under test"}};
    Delivery delivery{{connection, outbox, texts, transport, clock}, false};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(delivery, Queue)

BOOST_AUTO_TEST_CASE(a_mail_is_sent_once_and_its_content_is_erased) {
    add("maria@ejemplo.com");
    const auto report = deliver();
    BOOST_TEST(report.is_in_charge);
    BOOST_TEST(!report.next_due.has_value());
    BOOST_TEST(deliver().is_in_charge);
    BOOST_TEST(transport.recipients.size() == 1);
    const Row sent = row("maria@ejemplo.com");
    BOOST_TEST(sent.status == "sent");
    BOOST_TEST(sent.erased);
    BOOST_TEST((sent.sent_at == clock.now()));
    BOOST_TEST(transport.rests > 0);
}

BOOST_AUTO_TEST_CASE(a_row_says_that_it_is_being_sent_before_it_is) {
    add("maria@ejemplo.com");
    Row seen;
    transport.during = [&] { seen = row("maria@ejemplo.com"); };
    deliver();
    BOOST_TEST(seen.status == "sending");
    BOOST_TEST(seen.attempts == 1);
}

BOOST_AUTO_TEST_CASE(the_oldest_goes_first_but_codes_before_the_rest) {
    add("first@ejemplo.com", std::nullopt, Message::PasswordChanged);
    clock.advance(1s);
    add("second@ejemplo.com", std::nullopt, Message::PasswordChanged);
    add("code@ejemplo.com", clock.now() + 15min);
    deliver();
    const std::vector<std::string> wanted = {
        "code@ejemplo.com", "first@ejemplo.com", "second@ejemplo.com"};
    BOOST_TEST(transport.recipients == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_mail_refused_for_now_waits_twice_as_long_each_time_up_to_an_hour) {
    add("maria@ejemplo.com");
    for (const std::chrono::milliseconds plain :
         {1min, 2min, 4min, 8min, 16min, 32min, 60min, 60min}) {
        transport.script = {refused_for_now};
        const auto report = deliver();
        const Row waiting = row("maria@ejemplo.com");
        BOOST_TEST(waiting.status == "pending");
        BOOST_TEST(waiting.error.value_or("") == "451 later");
        BOOST_TEST(!waiting.erased);
        const auto delay = waiting.next - clock.now();
        BOOST_TEST((delay >= plain * 8 / 10 && delay <= plain * 12 / 10));
        BOOST_TEST((report.next_due == waiting.next));
        clock.advance(delay);
    }
    deliver();
    BOOST_TEST(row("maria@ejemplo.com").status == "sent");
    BOOST_TEST(row("maria@ejemplo.com").attempts == 9);
}

BOOST_AUTO_TEST_CASE(after_five_days_it_is_given_up) {
    add("maria@ejemplo.com");
    clock.advance(5 * 24h);
    transport.script = {refused_for_now};
    deliver();
    const Row failed = row("maria@ejemplo.com");
    BOOST_TEST(failed.status == "failed");
    BOOST_TEST(failed.erased);
}

BOOST_AUTO_TEST_CASE(a_mail_refused_for_good_fails_at_once) {
    add("maria@ejemplo.com");
    transport.script = {refused_for_good};
    deliver();
    const Row failed = row("maria@ejemplo.com");
    BOOST_TEST(failed.status == "failed");
    BOOST_TEST(failed.error.value_or("") == "550 nobody");
    BOOST_TEST(failed.erased);
}

BOOST_AUTO_TEST_CASE(a_mail_that_has_become_worthless_is_not_sent) {
    add("maria@ejemplo.com", clock.now() + 15min);
    clock.advance(15min);
    deliver();
    BOOST_TEST(transport.recipients.empty());
    BOOST_TEST(row("maria@ejemplo.com").status == "expired");
    BOOST_TEST(row("maria@ejemplo.com").erased);
}

BOOST_AUTO_TEST_CASE(a_server_that_is_away_pauses_the_whole_queue_and_costs_no_attempt) {
    add("maria@ejemplo.com");
    add("juan@ejemplo.com");
    for (const auto pause : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
        transport.script = {away};
        const auto asked = transport.recipients.size();
        const auto report = deliver();
        BOOST_TEST(report.server_is_away);
        BOOST_TEST((report.next_due == clock.now() + pause));
        BOOST_TEST(transport.recipients.size() == asked + 1);
        BOOST_TEST(deliver().server_is_away);
        BOOST_TEST(transport.recipients.size() == asked + 1);
        clock.advance(pause);
    }
    deliver();
    BOOST_TEST(row("maria@ejemplo.com").status == "sent");
    BOOST_TEST(row("juan@ejemplo.com").status == "sent");
    BOOST_TEST(row("juan@ejemplo.com").attempts == 1);
    add("ana@ejemplo.com");
    transport.script = {away};
    BOOST_TEST((deliver().next_due == clock.now() + 1s));
}

BOOST_AUTO_TEST_CASE(a_mail_that_drives_the_server_away_does_not_keep_the_others_waiting) {
    add("maria@ejemplo.com");
    clock.advance(1s);
    add("juan@ejemplo.com");
    clock.advance(1s);
    transport.script = {away};
    deliver();
    clock.advance(1s);
    transport.script = {{}, away};
    deliver();
    BOOST_TEST(row("juan@ejemplo.com").status == "sent");
    BOOST_TEST(row("maria@ejemplo.com").status == "pending");
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_put_back_does_not_prolong_the_pause) {
    add("maria@ejemplo.com");
    clock.advance(1h);
    transport.script = {away};
    deliver();
    clock.advance(-59min);
    BOOST_TEST(!deliver().server_is_away);
}

BOOST_AUTO_TEST_CASE(content_that_cannot_be_opened_fails_and_is_kept) {
    const Outbox other(test_settings(std::string(32, 'x')));
    probe.run_all({other.queue(
        Message::PasswordChanged, "maria@ejemplo.com", {{"username", "m"}}, clock.now())});
    deliver();
    const Row failed = row("maria@ejemplo.com");
    BOOST_TEST(failed.status == "failed");
    BOOST_TEST(!failed.erased);
    BOOST_TEST(failed.error.value_or("").find("SECRET_KEY") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_recipient_with_a_line_end_fails_and_is_never_tried) {
    add("maria@ejemplo.com\r\nBcc: otra@ejemplo.com");
    deliver();
    BOOST_TEST(transport.recipients.empty());
    BOOST_TEST(row("maria@ejemplo.com\r\nBcc: otra@ejemplo.com").status == "failed");
}

BOOST_AUTO_TEST_CASE(a_message_without_templates_waits_for_a_worker_that_has_them) {
    static constexpr db::Statement rename{"rename", "UPDATE mail_outbox SET message = 'not_yet'"};
    add("maria@ejemplo.com");
    probe.run(rename);
    deliver();
    BOOST_TEST(row("maria@ejemplo.com").status == "pending");
    BOOST_TEST(transport.recipients.empty());
}

BOOST_AUTO_TEST_CASE(what_a_dead_worker_left_is_taken_up_by_the_next) {
    add("maria@ejemplo.com");
    probe.run(leave_sending, "maria@ejemplo.com", 1, clock.now() + 1min);
    deliver();
    BOOST_TEST(row("maria@ejemplo.com").status == "sent");
    BOOST_TEST(row("maria@ejemplo.com").attempts == 2);
}

BOOST_AUTO_TEST_CASE(a_mail_that_workers_die_with_lets_the_others_pass) {
    add("maria@ejemplo.com");
    add("juan@ejemplo.com");
    probe.run(leave_sending, "maria@ejemplo.com", 4, clock.now());
    deliver();
    BOOST_TEST(row("juan@ejemplo.com").status == "sent");
    BOOST_TEST(row("maria@ejemplo.com").status == "pending");
    clock.advance(1min);
    deliver();
    BOOST_TEST(row("maria@ejemplo.com").status == "sent");
}

BOOST_AUTO_TEST_CASE(a_second_worker_stands_by_and_takes_over) {
    db::Connection second_connection({database_url(), false, "second"});
    Delivery second({second_connection, outbox, texts, transport, clock}, false);
    BOOST_TEST(deliver().is_in_charge);
    add("maria@ejemplo.com");
    BOOST_TEST(!deliver(second).is_in_charge);
    BOOST_TEST(row("maria@ejemplo.com").status == "pending");
    probe.run(leave_sending, "maria@ejemplo.com", 1, clock.now() + 1min);
    connection.close();
    for (int i = 0; i < 1000 && !deliver(second).is_in_charge; ++i) {
        probe.run(read_row,
                  "maria@ejemplo.com");  // the server needs a moment to see the first one go
    }
    BOOST_TEST(row("maria@ejemplo.com").status == "sent");
}

BOOST_AUTO_TEST_CASE(a_connection_lost_while_a_mail_is_on_its_way_does_not_send_it_twice) {
    add("maria@ejemplo.com");
    transport.during = [&] { probe.run(end_session, "delivery under test"); };
    deliver();  // notices the end, opens a new connection and writes what became of the mail
    transport.during = [] {};
    deliver();
    BOOST_TEST(row("maria@ejemplo.com").status == "sent");
    BOOST_TEST(transport.recipients.size() == 1);
}

BOOST_AUTO_TEST_CASE(being_asked_to_leave_ends_after_the_mail_at_hand_and_records_it) {
    add("maria@ejemplo.com");
    add("juan@ejemplo.com");
    deliver(delivery);
    add("ana@ejemplo.com");
    add("luis@ejemplo.com");
    transport.recipients.clear();
    const auto report = delivery.deliver_due([] { return true; });
    BOOST_TEST(transport.recipients.size() == 1);
    BOOST_TEST(row("ana@ejemplo.com").status == "sent");
    BOOST_TEST(row("luis@ejemplo.com").status == "pending");
    BOOST_TEST((report.next_due == clock.now()));
}

BOOST_AUTO_TEST_CASE(behind_a_pooler_no_lock_is_needed_and_left_mails_wait_for_a_minute) {
    Delivery pooled({connection, outbox, texts, transport, clock}, true);
    add("maria@ejemplo.com");
    add("juan@ejemplo.com");
    probe.run(leave_sending, "juan@ejemplo.com", 1, clock.now() + 1min);
    deliver(pooled);
    BOOST_TEST(row("maria@ejemplo.com").status == "sent");
    BOOST_TEST(row("juan@ejemplo.com").status == "sending");
    clock.advance(61s);
    deliver(pooled);
    BOOST_TEST(row("juan@ejemplo.com").status == "sent");
}

BOOST_AUTO_TEST_SUITE_END()
