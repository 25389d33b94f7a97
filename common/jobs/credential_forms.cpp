// Credentials as texts: on the job's page, in the file, for WhatsApp and to read aloud.
#include <array>

#include "clients/phone.h"
#include "core/unreachable.h"
#include "core/web_address.h"
#include "jobs/credentials.h"

namespace ventanilla {
namespace {

constexpr std::size_t line_width = 70;
constexpr const char* login_route = "/clientes/portal/login/";

std::string success_line(JobAction action, const JobItem& item) {
    const std::string who = item.full_name + ": ";
    const std::string password = item.password.empty() ? "" : " | Contraseña: " + item.password;
    switch (action) {
        case JobAction::CreateUsers:
            return "✅ Usuario creado para " + who + item.username + password;
        case JobAction::NewPassword:
            return "✅ Contraseña nueva para " + who + item.username + password;
        case JobAction::SendCredentials:
            return "✅ Credenciales enviadas a " + who + item.email;
        case JobAction::DisableAccess:
            return "✅ Acceso desactivado para " + who + item.username;
        case JobAction::EnableAccess:
            return "✅ Acceso activado para " + who + item.username;
    }
    unreachable();
}

std::string spelled(char c) {
    static const std::array<const char*, 10> numbers = {
        "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"};
    if (c >= '0' && c <= '9') {
        return numbers.at(static_cast<std::size_t>(c - '0'));
    }
    return std::string(1, c) + (c >= 'a' && c <= 'z' ? " minúscula" : " mayúscula");
}

}  // namespace

std::string result_line(JobAction action,
                        const JobItem& item,
                        const std::function<std::string(const std::string&)>& reason_text) {
    return item.status == ItemStatus::Done
               ? success_line(action, item)
               : "❌ " + item.full_name + ": " + reason_text(item.reason);
}

std::string credentials_file_head() {
    const std::string line(line_width, '=');
    return line + "\nCREDENCIALES DE ACCESO AL PORTAL\n" + line + '\n';
}

std::string credentials_file_entry(const JobItem& item) {
    return "\nCliente: " + item.full_name + "\nEmail: " + item.email + "\nTeléfono: " + item.phone
           + "\nUsername: " + item.username + "\nContraseña: " + item.password + '\n'
           + std::string(line_width, '-') + '\n';
}

std::string client_login_url(const Settings& settings) {
    return settings.base_url + login_route;
}

std::string whatsapp_link(const Settings& settings, const JobItem& item) {
    const auto phone = read_phone(item.phone, settings.phone_region);
    if (!phone) {
        return "";
    }
    const std::string text =
        "Hola " + item.full_name + ", \n\nTu acceso al portal está listo:\nUsuario: "
        + item.username + "\nContraseña: " + item.password + "\n\nAccede en: "
        + client_login_url(settings) + "\n\nPuedes pagar tus servicios en línea desde ahí.";
    return "https://wa.me/" + phone->international + "?text=" + percent_encoded(text);
}

std::string spelled_out(const std::string& password) {
    std::string text;
    for (const char c : password) {
        text += (text.empty() ? "" : ", ") + spelled(c);
    }
    return text;
}

}  // namespace ventanilla
