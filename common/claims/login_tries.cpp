#include "claims/login_tries.h"

#include "core/errors.h"

namespace ventanilla {
namespace {

constexpr int free_failures = 5;
constexpr int max_delay_seconds = 60;

// Counts this try as a failure beforehand, unless it comes too early: then nothing is counted and
// the row says when to come back. A device that had logged in is judged by its own failures alone.
constexpr db::Statement count_login_try{"count_login_try", R"sql(
    WITH own AS (
        SELECT count(*) AS failures, max(failed_at) AS last_at
        FROM login_failure
        WHERE person = $1 AND place = $2 AND failed_at > $4::timestamptz - interval '24 hours'
          AND (settled OR failed_at < $4::timestamptz - interval '10 seconds')
    ), of_network AS (
        SELECT failed_at FROM login_failure
        WHERE place = $2 AND NOT $3 AND failed_at > $4::timestamptz - interval '1 hour'
        ORDER BY failed_at DESC OFFSET $5 - 1 LIMIT 1
    ), wait AS (
        SELECT greatest(
            (SELECT last_at + interval '1 second' * least($7::int, power(2, least(failures - $6::int, 10)))
             FROM own WHERE failures >= $6),
            (SELECT failed_at + interval '1 hour' FROM of_network)) AS until
    ), counted AS (
        INSERT INTO login_failure (person, place, is_device, failed_at)
        SELECT $1, $2, $3, $4 FROM wait WHERE until IS NULL OR until <= $4
        RETURNING id
    )
    SELECT (SELECT id FROM counted), (SELECT until FROM wait)
)sql"};

constexpr db::Statement settle_failure{"settle_failure", R"sql(
    UPDATE login_failure SET settled = true WHERE id = $1
)sql"};

constexpr db::Statement forget_try{"forget_try", R"sql(
    DELETE FROM login_failure WHERE id = $1
)sql"};

constexpr db::Statement forget_failures{"forget_failures", R"sql(
    DELETE FROM login_failure WHERE person = $1 AND place = $2
)sql"};

}  // namespace

CountedTry count_try(const ClaimServices& services,
                     const std::string& person,
                     const std::string& place,
                     bool is_device) {
    const auto rows = services.database.run(count_login_try,
                                            person,
                                            place,
                                            is_device,
                                            services.clock.now(),
                                            services.settings.login_network_failures,
                                            free_failures,
                                            max_delay_seconds);
    const auto [id, until] = rows.at<std::optional<std::int64_t>, std::optional<Timestamp>>(0);
    return {id, until.value_or(services.clock.now())};
}

void settle_try(const ClaimServices& services, std::int64_t try_id) {
    services.database.run(settle_failure, try_id);
}

db::Call forgotten_failures(const std::string& person, const std::string& place) {
    return {&forget_failures, db::Params(person, place)};
}

HashGate::Pass pass_for(const ClaimServices& services, std::int64_t try_id) {
    try {
        return hash_pass(services.hash_gate);
    } catch (const Unavailable&) {
        services.database.run(forget_try, try_id);
        throw;
    }
}

}  // namespace ventanilla
