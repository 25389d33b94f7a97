// Links to pay one charge without login: making, handing out, revoking.
#include "app/staff_pages.h"
#include "clients/phone.h"
#include "core/unreachable.h"
#include "core/web_address.h"
#include "payments/links.h"
#include "payments/payments.h"
#include "payments/shown.h"
#include "payments/talk.h"

namespace ventanilla::payment_pages {
namespace {

constexpr const char* page_name = "payments/links";
constexpr const char* links_path = "/admin/pagos-en-linea/enlaces/";

std::string whatsapp_path(Visit& visit, const LinkLine& link) {
    const auto phone = read_phone(link.phone, visit.services().settings.phone_region);
    if (!phone || link.url.empty()) {
        return "";
    }
    Model values;
    values.set("name", link.client_name)
        .set("amount", link.owed.shown(visit.services().settings.currency))
        .set("url", link.url);
    const std::string text = visit.services().renderer.text("whatsapp_payment_link", values);
    return "https://wa.me/" + phone->international + "?text=" + percent_encoded(text);
}

std::vector<Model> link_items(Visit& visit) {
    std::vector<Model> items;
    for (const auto& link : live_links(payments(visit).billing)) {
        Model item;
        item.set("link_id", link.id)
            .set("client_id", link.client_id)
            .set("client_name", link.client_name)
            .set("description", link.description)
            .set("amount", link.owed.shown(visit.services().settings.currency))
            .set("made_by", link.made_by)
            .set("made_at", date_time_text(link.made_at))
            .set("expires_at", date_time_text(link.expires_at))
            .set("opened_at", time_or_nothing(link.opened_at))
            .set("url", link.url)
            .set("whatsapp_path", whatsapp_path(visit, link));
        items.push_back(std::move(item));
    }
    return items;
}

Model links_model(Visit& visit, std::int64_t charge_id) {
    Model model;
    const bool may_operate = visit.may(Role::Operator);
    auto items = may_operate ? link_items(visit) : std::vector<Model>();
    model.set("at_online", true)
        .set("may_operate", may_operate)
        .set("none_configured", talk(visit).providers().empty())
        .set("none", items.empty())
        .set("link_days", visit.services().settings.payment_link_days);
    model.set("links", std::move(items));
    const auto charge = linkable_charge(visit.services().database, charge_id);
    if (charge) {
        model.set("charge_id", charge_id)
            .set("charge_client", charge->client_name)
            .set("charge_client_id", charge->client_id)
            .set("charge_description", charge->description)
            .set("charge_owed", charge->owed.shown(visit.services().settings.currency))
            .set("charge_has_email", charge->has_email);
    }
    return model;
}

const char* refusal_key(LinkRefusal refusal) {
    switch (refusal) {
        case LinkRefusal::NoCharge:
            return "link_no_charge";
        case LinkRefusal::NothingOwed:
            return "link_nothing_owed";
        case LinkRefusal::NoEmail:
            return "link_no_email";
    }
    unreachable();
}

Response refused_link(Visit& visit, std::int64_t charge_id, const char* key) {
    FormErrors errors(visit.services().renderer);
    errors.add("", key);
    return visit.refused(page_name, links_model(visit, charge_id), errors);
}

Response made_link(Visit& visit) {
    const auto charge_id = number_or_zero(visit.field("charge"));
    const bool by_mail = visit.field("canal") == "correo";
    const auto made = make_link(payments(visit).billing, charge_id, by_mail, visit.actor());
    if (const auto* refusal = std::get_if<LinkRefusal>(&made)) {
        return refused_link(visit, charge_id, refusal_key(*refusal));
    }
    const std::string place = links_path + ("#e" + std::to_string(std::get<std::int64_t>(made)));
    return visit.see_other(place, by_mail ? "notice_link_mailed" : "notice_link_made", Model());
}

}  // namespace

Response links(Visit& visit) {
    return visit.page(page_name,
                      links_model(visit, number_or_zero(visit.request().query.get("cargo"))));
}

Response change_links(Visit& visit) {
    if (talk(visit).providers().empty()) {
        return refused_link(visit, 0, "link_no_provider");
    }
    if (visit.field("accion") == "crear") {
        return made_link(visit);
    }
    if (visit.field("accion") != "revocar") {
        return refused_link(visit, 0, "link_action_missing");
    }
    if (!revoke_link(
            payments(visit).billing, number_or_zero(visit.field("enlace")), visit.actor())) {
        return refused_link(visit, 0, "link_gone");
    }
    return visit.see_other(links_path, "notice_link_revoked", Model());
}

}  // namespace ventanilla::payment_pages
