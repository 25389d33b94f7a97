// The site's addresses that pages lead to (SPEC.md, routes). Routes stand in each handler's
// main.cpp; a test compares.
#pragma once

namespace ventanilla::paths {

constexpr const char* login = "/login/";
constexpr const char* staff = "/admin/";
constexpr const char* portal = "/clientes/portal/";
constexpr const char* first_password = "/clientes/portal/cambiar-contrasena/?primera=1";
constexpr const char* sessions = "/clientes/portal/sesiones/";
constexpr const char* search = "/datos-archivados/buscar-usuario/";
constexpr const char* search_code = "/datos-archivados/verificar-codigo-reclamacion/";
constexpr const char* search_resend = "/datos-archivados/reenviar-codigo-reclamacion/";
constexpr const char* choose_password =
    "/datos-archivados/reclamar-usuario-dinamico/";  // + dato_id + /
constexpr const char* form = "/datos-archivados/reclamar-usuario/";
constexpr const char* form_code = "/datos-archivados/verificar-codigo-reclamacion-tradicional/";
constexpr const char* form_resend = "/datos-archivados/reenviar-codigo-reclamacion-tradicional/";
constexpr const char* recovery = "/clientes/portal/recuperar/";
constexpr const char* recovery_code = "/clientes/portal/recuperar/codigo/";
constexpr const char* recovery_resend = "/clientes/portal/recuperar/reenviar/";
constexpr const char* recovery_password = "/clientes/portal/recuperar/contrasena/";
constexpr const char* clients = "/admin/clientes/cliente/";
constexpr const char* add_client = "/admin/clientes/cliente/add/";
constexpr const char* import_clients = "/admin/clientes/importar/";
constexpr const char* jobs = "/admin/acciones/";  // + id + /
constexpr const char* audit = "/admin/auditoria/";
constexpr const char* cash = "/admin/caja/";
constexpr const char* profiles = "/admin/perfiles/";

}  // namespace ventanilla::paths
