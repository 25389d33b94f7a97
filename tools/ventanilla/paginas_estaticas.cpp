#include "ventanilla/paginas_estaticas.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "core/errors.h"
#include "view/renderer.h"

namespace ventanilla::cli {
namespace {

namespace fs = std::filesystem;

struct ErrorPage {
    const char* status;
    const char* name;
};

constexpr std::array<ErrorPage, 8> error_pages = {{
    {"400", "bad_request"},
    {"403", "forbidden"},
    {"404", "not_found"},
    {"405", "method_not_allowed"},
    {"413", "too_large"},
    {"429", "throttled"},
    {"500", "internal"},
    {"503", "unavailable"},
}};

// Whole or not at all: nginx may be reading the old one.
void write_file(const fs::path& path, const std::string& text) {
    const fs::path unfinished = path.string() + ".nuevo";
    std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) {
        throw Failure("no se puede escribir " + unfinished.string());
    }
    fs::rename(unfinished, path);
}

int write_pages(const std::string& folder) {
    const auto settings = Settings::from_environment();
    Renderer renderer(settings.templates_dir);
    renderer.load_pages("errors");
    Model model;
    model.set("organization", settings.organization_name)
        .set("portal_name", settings.portal_name)
        .set("help_text", settings.staff_contact);
    fs::create_directories(folder);
    for (const auto& page : error_pages) {
        write_file(fs::path(folder) / (std::string(page.status) + ".html"),
                   renderer.page(std::string("errors/") + page.name, model));
    }
    write_file(fs::path(folder) / "csp.conf",
               "add_header Content-Security-Policy \"" + renderer.content_security_policy()
                   + "\" always;\n");
    std::cout << "✅ " << error_pages.size() << " páginas y csp.conf en " << folder << '\n';
    return exit_fine;
}

}  // namespace

void add_paginas_estaticas(CLI::App& program, Action& action) {
    auto* command = program.add_subcommand(
        "paginas-estaticas", "Escribe las páginas de error que nginx muestra por su cuenta");
    const auto folder = std::make_shared<std::string>();
    command->add_option("DIR", *folder, "Carpeta; se crea si no existe")->required();
    command->callback([&action, folder] { action = [folder] { return write_pages(*folder); }; });
}

}  // namespace ventanilla::cli
