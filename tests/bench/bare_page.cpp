// The floor that our pages are measured against: a bare libfcgi program that sends the bytes of a
// file (headers and page), after the statements of the portal's first page when it is given a
// database. Nothing is parsed, checked, rendered or logged.
//
//   LISTEN_FDS socket as descriptor 3 (ventanilla-supervisor)    bare_page FILE [DATABASE_URL
//   TOKEN_HASH_HEX]
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fcgiapp.h>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

#include <libpq-fe.h>
#include <sys/wait.h>

namespace {

constexpr int processes = 2;
constexpr int listening_socket = 3;

// The same statements as common/sessions/session.cpp and common/billing/portal_view.cpp, written
// out: a bench that shared them would not be bare. $1 is the token's hash, $2 a time.
constexpr std::array statements = {
    "SELECT session.id, session.last_used_at, account.id, account.username, coalesce(account.email, ''), "
    "account.first_name, account.last_name, account.is_staff, account.weak_password, account.created_at, "
    "account.last_login_at FROM session JOIN account ON account.id = session.account_id "
    "WHERE session.token_hash = $1 AND account.is_active AND session.expires_at > $2 "
    "AND session.last_used_at + make_interval(secs => session.idle_seconds) > $2",
    "SELECT other.id, other.device, other.network, other.entered_by, other.created_at, other.last_used_at "
    "FROM session AS mine JOIN session AS other ON other.account_id = mine.account_id "
    "WHERE mine.token_hash = $1 AND other.expires_at > $2 "
    "AND other.last_used_at + make_interval(secs => other.idle_seconds) > $2 "
    "ORDER BY other.last_used_at DESC, other.id DESC",
    "SELECT coalesce(archived.username, '') FROM session JOIN LATERAL "
    "(SELECT username FROM archived_user WHERE claimed_account_id = session.account_id UNION ALL "
    "SELECT username FROM archived_record WHERE claimed_account_id = session.account_id LIMIT 1) AS archived ON true "
    "WHERE session.token_hash = $1",
    "SELECT client.id, client.full_name, credit.currency, -sum(credit.amount) "
    "FROM client LEFT JOIN ledger_entry AS credit ON credit.client_id = client.id AND credit.charge_id IS NULL "
    "WHERE client.id = (SELECT client_id FROM session_client WHERE token_hash = $1) GROUP BY client.id, credit.currency",
    "SELECT charge.id, concept, coalesce(service.name, ''), charge.amount, entries.owed, charge.currency, due_on "
    "FROM charge LEFT JOIN service ON service.id = service_id "
    "CROSS JOIN LATERAL (SELECT sum(amount) AS owed FROM ledger_entry WHERE charge_id = charge.id) AS entries "
    "WHERE charge.client_id = (SELECT client_id FROM session_client WHERE token_hash = $1) "
    "AND charge.status = 'pending' ORDER BY due_on, charge.id",
    "SELECT id, name, monthly_amount, currency, status, suspended_by_rule AND status = 'suspended', started_on "
    "FROM service WHERE client_id = (SELECT client_id FROM session_client WHERE token_hash = $1) "
    "AND status <> 'cancelled' ORDER BY name, id",
    "SELECT id, amount, currency, provider, coalesce(provider_ref, ''), status, receipt_number, "
    "coalesce(approved_at, created_at) FROM payment "
    "WHERE client_id = (SELECT client_id FROM session_client WHERE token_hash = $1) "
    "AND status IN ('approved', 'refunded') ORDER BY created_at DESC, id DESC LIMIT 5",
    "SELECT to_char(at AT TIME ZONE 'America/Mexico_City', 'YYYY-MM'), "
    "coalesce(sum(amount) FILTER (WHERE kind IN ('charge', 'cancellation')), 0), "
    "coalesce(-sum(amount) FILTER (WHERE kind NOT IN ('charge', 'cancellation')), 0) FROM ledger_entry "
    "WHERE client_id = (SELECT client_id FROM session_client WHERE token_hash = $1) "
    "AND currency = 'MXN' AND at >= $2 AND kind <> 'credit' GROUP BY 1"};

// How many of the two values each takes.
constexpr std::array value_counts = {2, 2, 1, 1, 1, 1, 1, 2};
static_assert(value_counts.size() == statements.size());

std::string file_text(const char* path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

PGconn* connected(const char* url) {
    PGconn* connection = PQconnectdb(url);
    if (PQstatus(connection) != CONNECTION_OK) {
        std::fprintf(stderr, "bare_page: %s", PQerrorMessage(connection));
        std::exit(1);
    }
    for (std::size_t i = 0; i < statements.size(); ++i) {
        PQclear(PQprepare(connection, std::to_string(i).c_str(), statements.at(i), 0, nullptr));
    }
    // As our programs have it (common/db/connection.cpp).
    PQclear(PQexec(connection, "SET plan_cache_mode = force_generic_plan; SET jit = off"));
    PQenterPipelineMode(connection);
    return connection;
}

// All in one round trip, as the portal does. True when the session was found.
bool ask(PGconn* connection, const char* token_hash) {
    const std::array<const char*, 2> values = {token_hash, "2025-12-01 06:00:00+00"};
    for (std::size_t i = 0; i < statements.size(); ++i) {
        PQsendQueryPrepared(connection,
                            std::to_string(i).c_str(),
                            value_counts.at(i),
                            values.data(),
                            nullptr,
                            nullptr,
                            0);
    }
    PQpipelineSync(connection);
    bool found = false;
    for (std::size_t i = 0; i < statements.size(); ++i) {
        PGresult* result = PQgetResult(connection);
        found = found || PQntuples(result) > 0;
        PQclear(result);
        PQclear(PQgetResult(connection));
    }
    PQclear(PQgetResult(connection));
    return found;
}

[[noreturn]] void serve(const std::string& page, int argc, char** argv) {
    PGconn* connection = argc > 3 ? connected(argv[2]) : nullptr;
    FCGX_Init();
    FCGX_Request request;
    FCGX_InitRequest(&request, listening_socket, 0);
    while (FCGX_Accept_r(&request) == 0) {
        if (connection != nullptr && !ask(connection, argv[3])) {
            FCGX_PutS("Status: 500\r\n\r\n", request.out);
        } else {
            FCGX_PutStr(page.data(), static_cast<int>(page.size()), request.out);
        }
        FCGX_Finish_r(&request);
    }
    std::exit(0);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 4) {
        std::fputs("usage: bare_page FILE [DATABASE_URL TOKEN_HASH_HEX]\n", stderr);
        return 100;
    }
    const std::string page = file_text(argv[1]);
    for (int i = 1; i < processes; ++i) {
        if (fork() == 0) {
            break;
        }
    }
    serve(page, argc, argv);
}
