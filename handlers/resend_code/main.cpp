#include "app/run_handler.h"
#include "resend_code/resend_code.h"

constexpr std::string_view manual = R"(resend_code - asking for another code

Routes (POST)
  /datos-archivados/reenviar-codigo-reclamacion/
  /datos-archivados/reenviar-codigo-reclamacion-tradicional/
  /clientes/portal/recuperar/reenviar/

Outcomes
  303 to the code page: a new code is on its way and the earlier ones of this claim are worthless; 303 to the start
  when this browser has no running claim; 429 too soon or too many, with the time to come back.

Tables    claim, verification_code, mail_outbox
Settings  see ventanilla ajustes: CODE_*, MAIL_GAP_SECONDS, MAIL_DAY_*, NETWORK_*
Options   --check verifies settings, templates and database (exit 0 or 102); --help
)";

int main(int argc, char** argv) {
    using namespace ventanilla;
    return run_handler(
        argc,
        argv,
        {"resend_code",
         manual,
         {{"/datos-archivados/reenviar-codigo-reclamacion/", nullptr, resend_code::for_search},
          {"/datos-archivados/reenviar-codigo-reclamacion-tradicional/",
           nullptr,
           resend_code::for_form},
          {"/clientes/portal/recuperar/reenviar/", nullptr, resend_code::for_recovery}},
         {}});
}
