# cmake -D INPUT=FILE -D OUTPUT=FILE.cpp -D HEADER=FILE.hpp -D NAMESPACE=a::b -D NAME=constant -P embed_text.cmake
#
# Writes a source with the text as a std::string_view. In pieces, since compilers limit the length of a literal.
file(READ ${INPUT} text)
string(LENGTH "${text}" length)
set(literals)
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 8000 piece)
  string(APPEND literals "\n    R\"embedded(${piece})embedded\"")
  math(EXPR at "${at} + 8000")
endwhile()
file(WRITE ${OUTPUT}
"#include \"${HEADER}\"\n\nconst std::string_view ${NAMESPACE}::${NAME} =${literals};\n")
