// The items of a job as staff look at them, and what is noted when they do.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "clients/text_array.h"
#include "core/unreachable.h"
#include "jobs/credentials.h"
#include "jobs/job_item_row.h"

namespace ventanilla {
namespace {

constexpr std::int64_t portion = 500;

// $2 is a filter's name, $3 the wanted page. The 50 is items_per_page.
static_assert(items_per_page == 50);
constexpr db::Statement list_items{"list_job_items", R"sql(
    WITH matched AS MATERIALIZED (
        SELECT id FROM job_item_state
        WHERE job_id = $1 AND CASE $2 WHEN 'all' THEN true WHEN 'never_came_in' THEN never_came_in
                              WHEN 'mail_failed' THEN mail = 'failed' ELSE status = $2 END
    ), counted AS (
        SELECT count(*) AS total FROM matched
    ), shown AS (
        SELECT id FROM matched ORDER BY id
        LIMIT 50 OFFSET (SELECT greatest(least($3, (total + 49) / 50) - 1, 0) * 50 FROM counted)
    )
    SELECT total, item.id, job_id, client_id, full_name, email, phone, status, reason, username, sealed, expires_at,
           mail, mail_error, mailed_at, printed_at, shared_at, first_login_at, password_chosen_at
    FROM counted, job_item_state AS item
    WHERE item.id IN (SELECT id FROM shown) ORDER BY item.id
)sql"};

constexpr db::Statement next_sealed_items{"next_sealed_items", R"sql(
    SELECT id, job_id, client_id, full_name, email, phone, status, reason, username, sealed, expires_at, mail,
           mail_error, mailed_at, printed_at, shared_at, first_login_at, password_chosen_at
    FROM job_item_state
    WHERE job_id = $1 AND id > $2 AND status = 'done' AND sealed IS NOT NULL
    ORDER BY id LIMIT $3
)sql"};

constexpr db::Statement newest_sealed_item{"newest_sealed_item", R"sql(
    SELECT id, job_id, client_id, full_name, email, phone, status, reason, username, sealed, expires_at, mail,
           mail_error, mailed_at, printed_at, shared_at, first_login_at, password_chosen_at
    FROM job_item_state
    WHERE client_id = $1 AND status = 'done' AND sealed IS NOT NULL AND expires_at IS NOT NULL
    ORDER BY finished_at DESC, id DESC LIMIT 1
)sql"};

constexpr db::Statement mark_printed{"mark_items_printed", R"sql(
    UPDATE bulk_job_item SET printed_at = $3 WHERE job_id = $1 AND id = ANY ($2::bigint[])
)sql"};

constexpr db::Statement mark_shared{"mark_item_shared", R"sql(
    UPDATE bulk_job_item SET shared_at = coalesce(shared_at, $3)
    WHERE job_id = $1 AND id = $2 AND status = 'done' RETURNING client_id
)sql"};

const char* filter_name(ItemFilter filter) {
    switch (filter) {
        case ItemFilter::All:
            return "all";
        case ItemFilter::Done:
            return "done";
        case ItemFilter::Failed:
            return "failed";
        case ItemFilter::LeftOut:
            return "left_out";
        case ItemFilter::NeverCameIn:
            return "never_came_in";
        case ItemFilter::MailFailed:
            return "mail_failed";
    }
    unreachable();
}

template <class Value>
Value cell(const db::Rows& rows, std::size_t row, std::size_t column) {
    Value value{};
    db::parse_cell(rows.cell(row, column), value);
    return value;
}

std::string opened(const db::Rows& rows,
                   std::size_t row,
                   std::size_t column,
                   const JobItem& item,
                   std::int64_t job_id,
                   const Credentials& credentials) {
    const auto sealed = cell<std::optional<db::Bytes>>(rows, row, column);
    const auto expires_at = cell<std::optional<Timestamp>>(rows, row, column + 1);
    if (!sealed || !credentials.may_open(expires_at)) {
        return "";
    }
    return credentials.open(sealed->value, job_id, item.client_id).value_or("");
}

}  // namespace

JobItem item_from(const db::Rows& rows,
                  std::size_t row,
                  std::size_t first,
                  const Credentials* credentials) {
    using Text = std::string;
    using When = std::optional<Timestamp>;
    const auto at = [first](std::size_t column) { return first + column; };
    JobItem item;
    item.id = cell<std::int64_t>(rows, row, at(0));
    item.client_id = cell<std::int64_t>(rows, row, at(2));
    item.full_name = cell<Text>(rows, row, at(3));
    item.email = cell<Text>(rows, row, at(4));
    item.phone = cell<Text>(rows, row, at(5));
    item.status = item_status(cell<Text>(rows, row, at(6)));
    item.reason = cell<Text>(rows, row, at(7));
    item.username = cell<Text>(rows, row, at(8));
    if (credentials != nullptr) {
        const auto job_id = cell<std::int64_t>(rows, row, at(1));
        item.password = opened(rows, row, at(9), item, job_id, *credentials);
    }
    item.mail = mail_state(cell<Text>(rows, row, at(11)));
    item.mail_error = cell<Text>(rows, row, at(12));
    item.mailed_at = cell<When>(rows, row, at(13));
    item.printed_at = cell<When>(rows, row, at(14));
    item.shared_at = cell<When>(rows, row, at(15));
    item.first_login_at = cell<When>(rows, row, at(16));
    item.password_chosen_at = cell<When>(rows, row, at(17));
    return item;
}

JobItemPage job_items(db::Connection& connection,
                      const Credentials& credentials,
                      std::int64_t job_id,
                      ItemFilter filter,
                      std::int64_t page,
                      bool opened) {
    const auto rows =
        connection.run(list_items, job_id, filter_name(filter), std::max<std::int64_t>(page, 1));
    JobItemPage result;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        result.total = cell<std::int64_t>(rows, i, 0);
        result.items.push_back(item_from(rows, i, 1, opened ? &credentials : nullptr));
    }
    result.pages = std::max<std::int64_t>((result.total + items_per_page - 1) / items_per_page, 1);
    result.page = std::clamp<std::int64_t>(page, 1, result.pages);
    return result;
}

void each_credential(db::Connection& connection,
                     const Credentials& credentials,
                     std::int64_t job_id,
                     const std::function<void(const JobItem&)>& take) {
    std::int64_t last = 0;
    for (bool more = true; more;) {
        const auto rows = connection.run(next_sealed_items, job_id, last, portion);
        more = static_cast<std::int64_t>(rows.size()) == portion;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const JobItem item = item_from(rows, i, 0, &credentials);
            last = item.id;
            if (!item.password.empty()) {
                take(item);
            }
        }
    }
}

std::optional<ClientCredential> client_credential(db::Connection& connection,
                                                  const Credentials& credentials,
                                                  std::int64_t client_id) {
    const auto rows = connection.run(newest_sealed_item, client_id);
    if (rows.empty()) {
        return std::nullopt;
    }
    ClientCredential found{cell<std::int64_t>(rows, 0, 1),
                           item_from(rows, 0, 0, &credentials),
                           cell<Timestamp>(rows, 0, 10)};
    return found.item.password.empty() ? std::nullopt : std::optional(std::move(found));
}

void note_handling(db::Connection& connection,
                   const char* how,
                   std::int64_t job_id,
                   const Actor& actor,
                   Timestamp now) {
    connection.run_all(
        {audited({actor.account_id, how, "job:" + std::to_string(job_id), actor.network}, now)});
}

void note_printed(db::Connection& connection,
                  std::int64_t job_id,
                  const std::vector<std::int64_t>& item_ids,
                  Timestamp now) {
    connection.run(mark_printed, job_id, id_array(item_ids), now);
}

bool note_shared(db::Connection& connection,
                 std::int64_t job_id,
                 std::int64_t item_id,
                 const Actor& actor,
                 Timestamp now) {
    db::Transaction transaction(connection);
    const auto row = transaction.run(mark_shared, job_id, item_id, now).first<std::int64_t>();
    if (!row) {
        return false;
    }
    const auto& [client_id] = *row;
    transaction.run_all({audited({actor.account_id,
                                  "credentials_shared",
                                  "client:" + std::to_string(client_id),
                                  actor.network,
                                  nlohmann::json{{"job", job_id}}.dump()},
                                 now)});
    transaction.commit();
    return true;
}

}  // namespace ventanilla
