#include "clients/client_import.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "clients/client_import_plan.h"
#include "clients/text_array.h"
#include "core/unreachable.h"
#include "db/database_error.h"

namespace ventanilla {
namespace {

// Any number that nothing else in this database locks.
constexpr std::int64_t lock_key = 7'301'003;
constexpr const char* lock_not_available = "55P03";

constexpr db::Statement take_lock{"take_client_import_lock", R"sql(
    SELECT pg_advisory_xact_lock($1)
)sql"};

void lock_imports(db::Transaction& transaction) {
    try {
        transaction.run(take_lock, lock_key);
    } catch (const db::DatabaseError& error) {
        if (error.sqlstate() == lock_not_available) {
            throw ClientImportBusy("another import of clients is running");
        }
        throw;
    }
}

// Numbers first, so that services know whose they are before the clients are written.
constexpr db::Statement take_ids{"take_client_ids", R"sql(
    SELECT nextval(pg_get_serial_sequence('client', 'id')) FROM generate_series(1, $1::bigint)
)sql"};

constexpr db::Statement insert_clients{"insert_imported_clients", R"sql(
    INSERT INTO client (id, full_name, email, phone, address, created_at, updated_at)
    SELECT id, full_name, nullif(email, ''), nullif(phone, ''), nullif(address, ''), $6, $6
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[])
         AS row(id, full_name, email, phone, address)
)sql"};

constexpr db::Statement insert_services{"insert_imported_services", R"sql(
    INSERT INTO service (client_id, name, monthly_amount, currency, created_at)
    SELECT client_id, name, amount::numeric(14, 2), currency, $5
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS row(client_id, name, amount, currency)
)sql"};

// Writes what the plans say, some thousand rows a statement.
class Writer {
  public:
    Writer(db::Transaction& transaction,
           const std::vector<ClientFileRow>& rows,
           std::vector<RowPlan>& plans,
           Timestamp now)
        : transaction_(transaction), rows_(rows), plans_(plans), now_(now) {}

    void number_clients(std::int64_t count) {
        const db::Rows ids = transaction_.run(take_ids, count);
        std::size_t next = 0;
        for (auto& plan : plans_) {
            if (plan.fate == RowFate::NewClient) {
                plan.client_id = std::get<0>(ids.at<std::int64_t>(next++));
            } else if (plan.first_row) {
                plan.client_id = plans_[*plan.first_row].client_id;
            }
        }
    }

    void write(std::size_t from, std::size_t to) {
        transaction_.run_all({clients(from, to), services(from, to)});
    }

  private:
    [[nodiscard]] db::Call clients(std::size_t from, std::size_t to) const {
        std::vector<std::int64_t> ids;
        std::vector<std::string> names;
        std::vector<std::string> emails;
        std::vector<std::string> phones;
        std::vector<std::string> addresses;
        for (std::size_t i = from; i < to; ++i) {
            if (plans_[i].fate == RowFate::NewClient) {
                ids.push_back(plans_[i].client_id.value());
                names.push_back(rows_[i].data.full_name);
                emails.push_back(rows_[i].data.email);
                phones.push_back(rows_[i].data.phone);
                addresses.push_back(rows_[i].data.address);
            }
        }
        return {&insert_clients,
                db::Params(id_array(ids),
                           text_array(names),
                           text_array(emails),
                           text_array(phones),
                           text_array(addresses),
                           now_)};
    }

    [[nodiscard]] db::Call services(std::size_t from, std::size_t to) const {
        std::vector<std::int64_t> ids;
        std::vector<std::string> names;
        std::vector<std::string> amounts;
        std::vector<std::string> currencies;
        for (std::size_t i = from; i < to; ++i) {
            const bool is_new =
                plans_[i].fate == RowFate::NewClient || plans_[i].fate == RowFate::NewService;
            if (is_new && !rows_[i].service.empty()) {
                ids.push_back(plans_[i].client_id.value());
                names.push_back(rows_[i].service);
                amounts.push_back(rows_[i].amount);
                currencies.push_back(rows_[i].currency);
            }
        }
        return {&insert_services,
                db::Params(id_array(ids),
                           text_array(names),
                           text_array(amounts),
                           text_array(currencies),
                           now_)};
    }

    db::Transaction& transaction_;
    const std::vector<ClientFileRow>& rows_;
    std::vector<RowPlan>& plans_;
    Timestamp now_;
};

void count(RowFate fate, ImportPlan& plan) {
    switch (fate) {
        case RowFate::NewClient:
            ++plan.new_clients;
            break;
        case RowFate::NewService:
            ++plan.new_services;
            break;
        case RowFate::Unchanged:
            ++plan.unchanged;
            break;
        case RowFate::Wrong:
            ++plan.wrong;
            break;
    }
}

ImportPlan summary(const ClientFile& file, const std::vector<RowPlan>& plans) {
    ImportPlan plan;
    plan.problem = file.problem;
    plan.detail = file.detail;
    for (std::size_t i = 0; i < plans.size(); ++i) {
        const ClientFileRow& row = file.rows[i];
        count(plans[i].fate, plan);
        plan.rows.push_back({row.line, row.data.full_name, plans[i].fate, row.problems, row.raw});
    }
    return plan;
}

db::Call audited_import(const ImportPlan& plan, const Actor& actor, Timestamp now) {
    const nlohmann::json details = {{"new_clients", plan.new_clients},
                                    {"new_services", plan.new_services},
                                    {"unchanged", plan.unchanged},
                                    {"wrong", plan.wrong}};
    return audited({actor.account_id, "clients_imported", "", actor.network, details.dump()}, now);
}

void write_rows(Writer& writer, std::size_t all, const ImportProgressListener& progress) {
    for (std::size_t from = 0; from < all; from += import_batch) {
        const std::size_t to = std::min(from + import_batch, all);
        writer.write(from, to);
        if (progress) {
            progress(static_cast<std::int64_t>(to), static_cast<std::int64_t>(all));
        }
    }
}

}  // namespace

const char* problem_text_key(ClientFileProblem problem) {
    switch (problem) {
        case ClientFileProblem::NotText:
            return "import_not_text";
        case ClientFileProblem::NoNameColumn:
            return "import_no_name_column";
        case ClientFileProblem::TwiceTheColumn:
            return "import_column_twice";
        case ClientFileProblem::UnknownColumn:
            return "import_unknown_column";
        case ClientFileProblem::NoRows:
            return "import_no_rows";
        case ClientFileProblem::BrokenQuotes:
            return "import_broken_quotes";
    }
    unreachable();
}

ImportPlan planned_import(db::Connection& connection,
                          const std::string& text,
                          const ImportOptions& options) {
    ClientFile file = read_client_file(text, options);
    const auto plans = planned_rows(connection, file.rows);
    return summary(file, plans);
}

ImportPlan import_clients(db::Connection& connection,
                          const std::string& text,
                          const ImportOptions& options,
                          bool skip_wrong,
                          const Actor& actor,
                          Timestamp now,
                          const ImportProgressListener& progress) {
    ClientFile file = read_client_file(text, options);
    if (file.problem) {
        return summary(file, {});
    }
    db::Transaction transaction(connection);
    lock_imports(transaction);
    auto plans = planned_rows(transaction, file.rows);
    ImportPlan plan = summary(file, plans);
    if (plan.wrong > 0 && !skip_wrong) {
        return plan;
    }
    plan.written = true;
    if (plan.new_clients + plan.new_services > 0) {
        Writer writer(transaction, file.rows, plans, now);
        writer.number_clients(plan.new_clients);
        write_rows(writer, file.rows.size(), progress);
        transaction.run_all({audited_import(plan, actor, now)});
        transaction.commit();
    }
    return plan;
}

}  // namespace ventanilla
