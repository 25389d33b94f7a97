// The day's closing of the member of staff who is logged in: what is in the drawer, counting it,
// and the closings before.
#include <algorithm>

#include "admin_clients/admin_clients.h"
#include "admin_clients/client_money.h"
#include "app/paths.h"
#include "billing/payments.h"
#include "core/text.h"
#include "core/unreachable.h"

namespace ventanilla::admin_clients {
namespace {

constexpr const char* page_name = "admin_clients/closing";

std::vector<Model> drawer_models(const std::vector<CashDrawer>& drawers,
                                 const std::string& own,
                                 const std::string& chosen) {
    std::vector<Model> items;
    for (const auto& drawer : drawers) {
        Model item;
        item.set("code", drawer.expected.currency())
            .set("is_chosen", drawer.expected.currency() == chosen)
            .set("expected", drawer.expected.shown(own))
            .set("transfers", drawer.transfers.shown(own))
            .set("payments", drawer.payments)
            .set("since", drawer.since ? date_time_text(*drawer.since) : "");
        items.push_back(std::move(item));
    }
    return items;
}

std::vector<Model> closing_models(const std::vector<CashClosing>& closings,
                                  const std::string& own) {
    std::vector<Model> items;
    for (const auto& closing : closings) {
        Model item;
        item.set("closed_at", date_time_text(closing.closed_at))
            .set("closed_by", closing.username)
            .set("expected", closing.expected.shown(own))
            .set("counted_text", closing.counted.shown(own))
            .set("difference", closing.difference.shown(own))
            .set("is_exact", closing.difference.is_zero())
            .set("is_short", closing.difference.is_negative())
            .set("closing_note", closing.note);
        items.push_back(std::move(item));
    }
    return items;
}

// Whoever takes money sees their own closings; administrators and readers see everybody's.
std::optional<std::int64_t> shown_account(Visit& visit) {
    const bool only_own = visit.may(Role::Operator) && !visit.may(Role::Administrator);
    return only_own ? std::optional(visit.session().account.id) : std::nullopt;
}

bool has_movements(const CashDrawer& drawer) {
    return drawer.payments > 0 || !drawer.expected.is_zero() || !drawer.transfers.is_zero();
}

Model page_model(Visit& visit, const std::vector<CashDrawer>& drawers) {
    const std::string& own = visit.services().settings.currency;
    auto closings =
        closing_models(cash_closings(visit.services().database, shown_account(visit)), own);
    Model model;
    model.set("at_cash", true)
        .set("is_empty", std::none_of(drawers.begin(), drawers.end(), has_movements))
        .set("has_currencies", drawers.size() > 1)
        .set("drawers", drawer_models(drawers, own, visit.field("currency")))
        .set("shows_all", !shown_account(visit).has_value())
        .set("none", closings.empty())
        .set("closings", std::move(closings));
    return model;
}

std::vector<CashDrawer> own_drawer(Visit& visit) {
    return cash_drawer(billing_of(visit), visit.session().account.id);
}

// More or less money than expected is asked about once: a closing is for ever.
void check_difference(Visit& visit,
                      FormErrors& errors,
                      const std::vector<CashDrawer>& drawers,
                      const Money& counted) {
    const auto drawer = std::find_if(drawers.begin(), drawers.end(), [&](const CashDrawer& known) {
        return known.expected.currency() == counted.currency();
    });
    if (drawer == drawers.end() || drawer->expected == counted
        || visit.field("con_diferencia") == "1") {
        return;
    }
    const std::string& own = visit.services().settings.currency;
    const Money difference = counted - drawer->expected;
    Model values;
    values.set("expected", drawer->expected.shown(own))
        .set("difference", (difference.is_negative() ? -difference : difference).shown(own));
    errors.add("counted", difference.is_negative() ? "closing_short" : "closing_over", values);
}

std::optional<Money> typed_count(Visit& visit, FormErrors& errors) {
    const auto currency = typed_currency(visit, errors);
    const std::string text = trimmed(visit.field("counted"));
    if (text.empty()) {
        errors.add("counted", "counted_required");
        return std::nullopt;
    }
    auto counted = Money::typed(text, currency.value_or(visit.services().settings.currency));
    if (!counted) {
        errors.add("counted", "amount_malformed");
    }
    return counted;
}

Response closed(Visit& visit, const CashClosing& closing) {
    Model values;
    values.set("counted", closing.counted.shown(visit.services().settings.currency));
    return visit.see_other(paths::cash, "notice_drawer_closed", values);
}

}  // namespace

Response drawer(Visit& visit) {
    return visit.page(page_name, page_model(visit, own_drawer(visit)));
}

Response close_day(Visit& visit) {
    const auto drawers = own_drawer(visit);
    FormErrors errors(visit.services().renderer);
    const auto counted = typed_count(visit, errors);
    const std::string note = typed_note(visit, errors, "note");
    const bool is_empty = std::none_of(drawers.begin(), drawers.end(), has_movements);
    if (errors.empty() && !is_empty) {
        check_difference(visit, errors, drawers, *counted);
    }
    const bool asks = errors.has("counted") && counted.has_value();
    if (errors.empty()) {
        const auto outcome = close_drawer(billing_of(visit), *counted, note, visit.actor());
        if (const auto* closing = std::get_if<CashClosing>(&outcome)) {
            return closed(visit, *closing);
        }
        switch (std::get<ClosingRefusal>(outcome)) {
            case ClosingRefusal::NothingToClose:  // a second click too
                return visit.see_other(paths::cash, "notice_nothing_to_close", Model());
            case ClosingRefusal::Negative:
                errors.add("counted", "amount_malformed");
                break;
        }
    }
    Model model = page_model(visit, drawers);
    model.set("counted", visit.field("counted"))
        .set("note", visit.field("note"))
        .set("asks_difference", asks);
    return visit.refused(page_name, std::move(model), errors);
}

}  // namespace ventanilla::admin_clients
