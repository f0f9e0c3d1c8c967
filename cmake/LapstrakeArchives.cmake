# Links Debian's static archives into the program if they are installed: fewer shared libraries to find, load and relocate
# at each start (bench/README.md has the figures), and no library of the host can change the byte format after the build.
# libcurl and OpenSSL stay shared: Debian lacks archives of some of libcurl's dependencies, and the program must get security updates of TLS.
if(CMAKE_BUILD_TYPE MATCHES "Rel" AND NOT LAPSTRAKE_SANITIZE)
  set(is_release ON)
endif()
option(LAPSTRAKE_STATIC_ARCHIVES "Link libarchive, zstd and yaml-cpp statically where there are archives of them" ${is_release})

# The version of libdeflate is part of the byte format, and the library does not export it at run time.
find_library(libdeflate_archive libdeflate.a)
if(libdeflate_archive)
  set_target_properties(PkgConfig::libdeflate PROPERTIES INTERFACE_LINK_LIBRARIES ${libdeflate_archive})
endif()

if(LAPSTRAKE_STATIC_ARCHIVES)
  foreach(name zstd yaml-cpp archive lzma bz2 nettle)
    find_library(lib${name}_archive lib${name}.a)
  endforeach()
  if(libzstd_archive)
    set_target_properties(PkgConfig::zstd PROPERTIES INTERFACE_LINK_LIBRARIES ${libzstd_archive})
  endif()
  # Only the readers and writers that the program uses are linked, and not those that need libxml2, ICU, lz4 and libacl.
  if(libarchive_archive AND libzstd_archive AND liblzma_archive AND libbz2_archive AND libnettle_archive)
    target_link_options(lapstrake_options INTERFACE -Wl,--gc-sections)
    set_target_properties(LibArchive::LibArchive PROPERTIES IMPORTED_LOCATION ${libarchive_archive} INTERFACE_LINK_LIBRARIES
                          "${libzstd_archive};${liblzma_archive};${libbz2_archive};${libnettle_archive};ZLIB::ZLIB")
  endif()
  if(libyaml-cpp_archive)
    get_target_property(configurations yaml-cpp IMPORTED_CONFIGURATIONS)
    foreach(configuration ${configurations})
      set_target_properties(yaml-cpp PROPERTIES IMPORTED_LOCATION_${configuration} ${libyaml-cpp_archive})
    endforeach()
  endif()
endif()
