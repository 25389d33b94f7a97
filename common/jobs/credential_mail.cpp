#include "jobs/credential_mail.h"

#include <nlohmann/json.hpp>

#include "clients/text_array.h"
#include "jobs/activation.h"
#include "jobs/job_runner.h"

namespace ventanilla {
namespace {

constexpr std::int64_t portion = 200;

// The password is the newest that can still be opened: a job that only sends has none of its own.
constexpr db::Statement find_mailable{"find_mailable_items", R"sql(
    SELECT item.id, source.id, source.job_id, source.sealed, account.id, client.id, client.full_name, client.email,
           account.username
    FROM bulk_job_item AS item
    JOIN client ON client.id = item.client_id
    JOIN account ON account.id = item.account_id
    LEFT JOIN mail_outbox AS mail ON mail.id = item.mail_id
    CROSS JOIN LATERAL (
        SELECT made.id, made.job_id, made.sealed
        FROM bulk_job_item AS made JOIN bulk_job ON bulk_job.id = made.job_id
        WHERE made.account_id = item.account_id AND made.sealed IS NOT NULL AND bulk_job.expires_at > $5
        ORDER BY made.finished_at DESC, made.id DESC LIMIT 1) AS source
    WHERE item.job_id = $1 AND item.id > $4 AND item.status = 'done' AND client.email <> ''
      AND CASE WHEN $2::bigint IS NOT NULL
               THEN item.id = $2 AND coalesce(mail.status, '') NOT IN ('pending', 'sending')
          WHEN $3 THEN mail.status IN ('failed', 'expired')
          ELSE item.mailed_at IS NULL END
    ORDER BY item.id LIMIT $6
    FOR UPDATE OF item SKIP LOCKED
)sql"};

constexpr db::Statement note_mails{"note_credential_mails", R"sql(
    UPDATE bulk_job_item SET mail_id = input.mail, mailed_at = $4
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS input (item, source, mail)
    WHERE bulk_job_item.id IN (input.item, input.source)
)sql"};

struct Portion {
    std::vector<MailedCredential> mails;
    std::vector<std::int64_t> items;
    std::vector<std::int64_t> sources;
    std::vector<std::int64_t> clients;
    std::int64_t last = 0;  // item looked at
    std::int64_t seen = 0;
};

Portion portion_from(const db::Rows& rows, const Credentials& credentials) {
    Portion result;
    result.seen = static_cast<std::int64_t>(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto [item, source, job_id, sealed, account, client, name, email, username] =
            rows.at<std::int64_t,
                    std::int64_t,
                    std::int64_t,
                    db::Bytes,
                    std::int64_t,
                    std::int64_t,
                    std::string,
                    std::string,
                    std::string>(i);
        result.last = item;
        if (const auto password = credentials.open(sealed.value, job_id, client)) {
            result.mails.push_back({account, name, email, username, *password});
            result.items.push_back(item);
            result.sources.push_back(source);
            result.clients.push_back(client);
        }
    }
    return result;
}

db::Call credential_mail(const Settings& settings,
                         const Outbox& outbox,
                         const MailedCredential& mail,
                         const std::string& token,
                         Timestamp now) {
    nlohmann::json model = {{"full_name", mail.full_name}, {"username", mail.username}};
    if (token.empty()) {
        model["password"] = mail.password;
    } else {
        model["activation_url"] = settings.base_url + "/activar/" + token + "/";
        model["activation_until"] =
            date_time_text(now + std::chrono::hours(settings.activation_hours));
    }
    return outbox.queue(Message::PortalCredentials, mail.email, model, now);
}

}  // namespace

std::vector<std::int64_t> queue_credential_mails(db::Transaction& transaction,
                                                 const Settings& settings,
                                                 const Outbox& outbox,
                                                 const std::vector<MailedCredential>& mails,
                                                 Timestamp now) {
    std::vector<db::Call> calls;
    for (const auto& mail : mails) {
        std::string token;
        if (settings.mails_activation_link()) {
            NewActivation link = new_activation(mail.account_id, now, settings.activation_hours);
            token = std::move(link.token);
            calls.push_back(std::move(link.store));
        }
        calls.push_back(credential_mail(settings, outbox, mail, token, now));
    }
    std::vector<std::int64_t> ids;
    if (calls.empty()) {
        return ids;
    }
    const std::size_t step = calls.size() / mails.size();
    const auto rows = transaction.run_all(std::move(calls));
    for (std::size_t i = step - 1; i < rows.size(); i += step) {
        ids.push_back(std::get<0>(rows[i].at<std::int64_t>(0)));
    }
    return ids;
}

std::int64_t send_credentials(const RunnerServices& services,
                              std::int64_t job_id,
                              std::optional<std::int64_t> item_id,
                              bool only_failed,
                              const Actor& actor) {
    const Timestamp now = services.clock.now();
    std::int64_t count = 0;
    Portion part;
    do {
        db::Transaction transaction(services.database);
        part = portion_from(
            transaction.run(find_mailable, job_id, item_id, only_failed, part.last, now, portion),
            services.credentials);
        const auto ids = queue_credential_mails(
            transaction, services.settings, services.outbox, part.mails, now);
        std::vector<db::Call> calls = {
            {&note_mails,
             db::Params(id_array(part.items), id_array(part.sources), id_array(ids), now)}};
        for (const auto client : part.clients) {
            calls.push_back(audited({actor.account_id,
                                     "credentials_sent",
                                     "client:" + std::to_string(client),
                                     actor.network,
                                     nlohmann::json{{"job", job_id}}.dump()},
                                    now));
        }
        transaction.run_all(std::move(calls));
        transaction.commit();
        count += static_cast<std::int64_t>(ids.size());
    } while (part.seen == portion);
    return count;
}

}  // namespace ventanilla
