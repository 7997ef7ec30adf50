# Read by cpack before it makes a package. Without these programs it would make one that names no libraries, installs, and
# does not run.
if(CPACK_GENERATOR STREQUAL "DEB")
  foreach(program file dpkg-shlibdeps)
    find_program(found_${program} ${program} NO_CACHE)
    if(NOT found_${program})
      message(FATAL_ERROR "The package would not name the libraries that it needs: there is no '${program}' here. "
        "scripts/dependencies --package installs it.")
    endif()
  endforeach()
endif()
