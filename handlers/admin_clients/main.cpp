#include "admin_clients/admin_clients.h"
#include "app/run_handler.h"

constexpr std::string_view manual = R"(admin_clients - the staff's pages

Routes
  GET  /admin/    what came back from the archive, and whether mails go out

Outcomes
  200; 303 to the login without a session; 403 for a client.

Tables    session, account, archived_user, archived_record, claim, mail_outbox
Options   --check verifies settings, templates and database (exit 0 or 102); --help
)";

int main(int argc, char** argv) {
    using namespace ventanilla;
    return run_handler(argc,
                       argv,
                       {"admin_clients",
                        manual,
                        {{"/admin/", admin_clients::overview, nullptr, Access::Staff}},
                        {"admin_clients"}});
}
