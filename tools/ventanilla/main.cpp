// ventanilla: what the operator does from a shell. Each command has a file of its name; program.h
// has what they share.
#include "ventanilla/ajustes.h"
#include "ventanilla/conciliar_pagos.h"
#include "ventanilla/crear_admin.h"
#include "ventanilla/crear_usuario.h"
#include "ventanilla/crear_usuarios.h"
#include "ventanilla/estado.h"
#include "ventanilla/generar_cargos.h"
#include "ventanilla/importar_archivo.h"
#include "ventanilla/importar_clientes.h"
#include "ventanilla/migrar.h"
#include "ventanilla/paginas_estaticas.h"
#include "ventanilla/program.h"
#include "ventanilla/registrar_pago.h"

int main(int argc, char** argv) {
    namespace cli = ventanilla::cli;
    return cli::run_program(argc,
                            argv,
                            {
                                &cli::add_migrar,
                                &cli::add_importar_archivo,
                                &cli::add_importar_clientes,
                                &cli::add_crear_admin,
                                &cli::add_crear_usuarios,
                                &cli::add_crear_usuario,
                                &cli::add_generar_cargos,
                                &cli::add_registrar_pago,
                                &cli::add_conciliar_pagos,
                                &cli::add_estado,
                                &cli::add_ajustes,
                                &cli::add_paginas_estaticas,
                            });
}
