#include "app/run_handler.h"
#include "verify_code/verify_code.h"

constexpr std::string_view manual = R"(verify_code - typing the code that was mailed

Routes (GET the form, POST code)
  /datos-archivados/verificar-codigo-reclamacion/               archived account by search (or its mailbox)
  /datos-archivados/verificar-codigo-reclamacion-tradicional/   archived account by form
  /clientes/portal/recuperar/codigo/                            forgotten password

Outcomes
  303 to the next step; 422 wrong, expired, replaced, used up, foreign or too short a code, each its own page;
  429 too many wrong codes from this network.

Tables    claim, verification_code, code_attempt, code_step_up, archive_search; account and more for the form
Settings  see ventanilla ajustes: CODE_*, ACCOUNT_WRONG_CODES, NETWORK_WRONG_CODES, SITE_WRONG_CODES
Options   --check verifies settings, templates and database (exit 0 or 102); --help
)";

int main(int argc, char** argv) {
    using namespace ventanilla;
    return run_handler(argc,
                       argv,
                       {"verify_code",
                        manual,
                        {{"/datos-archivados/verificar-codigo-reclamacion/",
                          verify_code::search_form,
                          verify_code::search_code},
                         {"/datos-archivados/verificar-codigo-reclamacion-tradicional/",
                          verify_code::reclaim_form,
                          verify_code::reclaim_code},
                         {"/clientes/portal/recuperar/codigo/",
                          verify_code::recovery_form,
                          verify_code::recovery_code}},
                        {"verify_code"}});
}
