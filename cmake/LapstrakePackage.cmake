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
install(FILES scripts/lapstrake.bash-completion DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME lapstrake)

# The JSON Schema for editors, from this program's `schema` command (docs/how-to/editor.md).
if(TARGET lapstrake AND NOT CMAKE_CROSSCOMPILING)
  set(schema ${CMAKE_BINARY_DIR}/lapstrake.schema.json)
  add_custom_command(OUTPUT ${schema} COMMAND lapstrake schema > ${schema}.new COMMAND ${CMAKE_COMMAND} -E rename ${schema}.new ${schema}
                     DEPENDS lapstrake COMMENT "Writing the JSON Schema" VERBATIM)
  add_custom_target(lapstrake_schema ALL DEPENDS ${schema})
  install(FILES ${schema} DESTINATION ${CMAKE_INSTALL_DATADIR}/lapstrake)
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
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
include(CPack)
