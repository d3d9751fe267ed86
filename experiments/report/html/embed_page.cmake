# Writes page_files.cpp, which holds the files that every page contains.
file(READ ${FOLDER}/page.html PAGE_TEMPLATE)
file(READ ${FOLDER}/page.css PAGE_STYLE)
file(READ ${FOLDER}/page.js PAGE_SCRIPT)
configure_file(${FOLDER}/page_files.cpp.in ${OUTPUT} @ONLY)
