# The Debian package: `ninja -C build/release package` leaves ventanilla_VERSION_ARCH.deb there (needs dpkg-dev). The same
# tree without a package: cmake --install build/release --prefix DIR

set(share usr/share/ventanilla)
set(units lib/systemd/system)
set(packaging ${CMAKE_SOURCE_DIR}/tools/packaging)
# Whatever the umask of who builds it.
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

install(TARGETS
    login account_search claim verify_code resend_code portal payments admin_clients admin_bulk_action worker ventanilla
    DESTINATION usr/lib/ventanilla)
install(PROGRAMS ${packaging}/ventanilla.sh DESTINATION usr/bin RENAME ventanilla)
install(PROGRAMS ${packaging}/ventanilla_instalar.sh DESTINATION usr/sbin RENAME ventanilla-instalar)
install(DIRECTORY templates DESTINATION ${share})
install(DIRECTORY sql/migrations DESTINATION ${share}/sql)
install(FILES nginx/fastcgi.conf nginx/headers.conf nginx/http.conf nginx/locations.conf DESTINATION ${share}/nginx)
install(FILES nginx/ventanilla.conf DESTINATION etc/nginx/sites-available)
install(FILES systemd/env.example DESTINATION ${share})

install(FILES
    systemd/ventanilla.target systemd/ventanilla@.socket systemd/ventanilla@.service systemd/ventanilla-worker.service
    systemd/ventanilla-setup.service systemd/ventanilla-reconcile.service systemd/ventanilla-reconcile.timer
    DESTINATION ${units})
# One text for all that share it; the drop-ins are links to it.
install(FILES systemd/hardening.conf systemd/network.conf systemd/worker-priority.conf systemd/user.conf
    DESTINATION ${share}/systemd)
install(PROGRAMS ${packaging}/user_units.sh DESTINATION ${share}/systemd)

install(CODE "
    function(link target path)
        set(path \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/\${path}\")
        get_filename_component(folder \"\${path}\" DIRECTORY)
        file(MAKE_DIRECTORY \"\${folder}\")
        file(CREATE_LINK \"\${target}\" \"\${path}\" SYMBOLIC)
    endfunction()
    set(texts /usr/share/ventanilla/systemd)
    link(\${texts}/hardening.conf       ${units}/ventanilla@.service.d/50-hardening.conf)
    link(\${texts}/hardening.conf       ${units}/ventanilla-.service.d/50-hardening.conf)
    link(\${texts}/network.conf         ${units}/ventanilla@payments.service.d/60-network.conf)
    link(\${texts}/network.conf         ${units}/ventanilla-worker.service.d/60-network.conf)
    link(\${texts}/network.conf         ${units}/ventanilla-reconcile.service.d/60-network.conf)
    link(\${texts}/worker-priority.conf ${units}/ventanilla-worker.service.d/70-priority.conf)
    link(/usr/share/ventanilla/nginx    etc/nginx/ventanilla)
    link(ventanilla                     usr/lib/ventanilla/crear_usuarios_clientes)
    link(ventanilla                     usr/bin/crear_usuarios_clientes)
    execute_process(COMMAND \"${packaging}/documents.sh\" \"${CMAKE_RUNTIME_OUTPUT_DIRECTORY}\"
                        \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/usr\" ${PROJECT_VERSION}
                    COMMAND_ERROR_IS_FATAL ANY)")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS ${CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS})
set(CPACK_PACKAGE_NAME ventanilla)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "service window of a small organisation: accounts, clients, payments")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Clients get in and look after their account, staff hand out access, and people
whose account stayed behind in an archived system get it back, with their old
password or with a code by mail.

Small FastCGI programs behind nginx over PostgreSQL, started by systemd's
sockets; every one of them may be killed at any moment.")
file(STRINGS ${packaging}/changelog maintainer REGEX "^ -- " LIMIT_COUNT 1)
string(REGEX REPLACE "^ -- (.*>)  .*" "\\1" CPACK_PACKAGE_CONTACT "${maintainer}")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION web)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Times of SPEC.md's people, fonts of receipts, certificates of those that are called.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates, fonts-liberation, tzdata")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "nginx, postgresql")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${packaging}/maintainer/postinst ${packaging}/maintainer/prerm ${packaging}/maintainer/postrm
    ${packaging}/maintainer/conffiles)
include(CPack)
