// ventanilla: what the operator does from a shell. Each command has a file of its name; program.h
// has what they share.
#include "ventanilla/ajustes.h"
#include "ventanilla/crear_admin.h"
#include "ventanilla/estado.h"
#include "ventanilla/importar_archivo.h"
#include "ventanilla/migrar.h"
#include "ventanilla/paginas_estaticas.h"
#include "ventanilla/program.h"

int main(int argc, char** argv) {
    using namespace ventanilla::cli;
    return run_program(argc,
                       argv,
                       {
                           &add_migrar,
                           &add_importar_archivo,
                           &add_crear_admin,
                           &add_estado,
                           &add_ajustes,
                           &add_paginas_estaticas,
                       });
}
