#include "account_search/account_search.h"
#include "app/run_handler.h"

constexpr std::string_view manual =
    R"(account_search - finding an archived account by email (method 2, first half)

Routes
  GET  /datos-archivados/buscar-usuario/                 the form, and what the last search found
  POST /datos-archivados/buscar-usuario/                 email
  POST /datos-archivados/iniciar-reclamacion/<id>/       the chosen account: mails a code

Outcomes
  303; 422 the form again; 404 an account that this browser's search did not list; 429 too many codes asked for.
  With SEARCH_DISCLOSES=0 nothing is listed before a code proved the mailbox.

Tables    archive_search, archived_user, archived_record, claim, verification_code, mail_outbox, audit_log
Settings  see ventanilla ajustes: SEARCH_DISCLOSES, CODE_*, MAIL_GAP_SECONDS, MAIL_DAY_*, NETWORK_*
Options   --check verifies settings, templates and database (exit 0 or 102); --help
)";

int main(int argc, char** argv) {
    using namespace ventanilla;
    return run_handler(
        argc,
        argv,
        {"account_search",
         manual,
         {{"/datos-archivados/buscar-usuario/", account_search::form, account_search::search},
          {"/datos-archivados/iniciar-reclamacion/<id>/", nullptr, account_search::choose}},
         {"account_search"}});
}
