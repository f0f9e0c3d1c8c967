# The files that `cmake --install` installs besides the program (src/cli installs that), and the Debian package of `cpack -G DEB`.
set(doc_folder ${CMAKE_INSTALL_DATADIR}/doc/lapstrake)
# The permissions of folders in the package do not depend on the umask.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS ${CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS})

install(FILES LICENSE DESTINATION ${doc_folder} RENAME copyright)
foreach(page README.md CHANGELOG.md SECURITY.md)
  install(FILES ${page} DESTINATION ${doc_folder} OPTIONAL)
endforeach()
install(DIRECTORY docs/ DESTINATION ${doc_folder}/docs FILES_MATCHING PATTERN "*.md" PATTERN "*.svg")
install(DIRECTORY examples/ DESTINATION ${doc_folder}/examples PATTERN "bin" EXCLUDE PATTERN ".gitignore" EXCLUDE)

# Files that the program prints about itself: the JSON Schema for editors (docs/how-to/editor.md), the man page, the shell completions.
function(lapstrake_printed_file file folder name)
  set(path ${CMAKE_BINARY_DIR}/${file})
  add_custom_command(OUTPUT ${path} COMMAND lapstrake ${ARGN} > ${path}.new COMMAND ${CMAKE_COMMAND} -E rename ${path}.new ${path}
                     DEPENDS lapstrake COMMENT "Writing ${file}" VERBATIM)
  set_property(GLOBAL APPEND PROPERTY lapstrake_printed_files ${path})
  install(FILES ${path} DESTINATION ${folder} RENAME ${name})
endfunction()
if(TARGET lapstrake AND NOT CMAKE_CROSSCOMPILING)
  lapstrake_printed_file(lapstrake.schema.json ${CMAKE_INSTALL_DATADIR}/lapstrake lapstrake.schema.json schema)
  lapstrake_printed_file(lapstrake.1 ${CMAKE_INSTALL_MANDIR}/man1 lapstrake.1 help --man)
  lapstrake_printed_file(lapstrake.bash ${CMAKE_INSTALL_DATADIR}/bash-completion/completions lapstrake completion bash)
  lapstrake_printed_file(lapstrake.zsh ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions _lapstrake completion zsh)
  lapstrake_printed_file(lapstrake.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d lapstrake.fish completion fish)
  get_property(files GLOBAL PROPERTY lapstrake_printed_files)
  add_custom_target(lapstrake_printed_files ALL DEPENDS ${files})
endif()

set(CPACK_PACKAGE_NAME lapstrake)
set(CPACK_PACKAGE_VENDOR "the lapstrake project")
set(CPACK_PACKAGE_CONTACT "lapstrake maintainers <maintainers@users.noreply.github.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "container images and ECS task definitions, without a daemon")
set(CPACK_PACKAGE_DESCRIPTION
"lapstrake builds container images from a declarative lapstrake.yaml, layer by
layer, with no daemon, no root and nothing executed; pushes them to Amazon ECR
or any OCI registry; and registers ECS task definitions that name them by
digest. The same inputs give the same digests on any machine.")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# packages/deb/late_library.cpp loads them.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "librnp0, libsolvext1")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
include(CPack)
