# Writes build_identity.cpp with the revision at the time of the build; an unchanged file is left alone.
execute_process(COMMAND git describe --always --dirty WORKING_DIRECTORY ${SOURCE_DIR}
                OUTPUT_VARIABLE SNNSIM_GIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE ignored)
configure_file(${SOURCE_DIR}/experiments/build_identity.cpp.in ${OUTPUT} @ONLY)
