# cmake -DIN=FILE -DOUT=FILE.cpp -P embed.cmake: the sensor types that are shipped, as a text within the program.
file(READ ${IN} text)
string(FIND "${text}" ")yaml\"" ending)
if(NOT ending EQUAL -1)
  message(FATAL_ERROR "${IN} holds )yaml\", which ends the text in the program")
endif()
file(WRITE ${OUT} "#include \"runtime/types/sensor_type_table.hpp\"

namespace millwright {

std::string_view shipped_sensor_types() {
  return R\"yaml(${text})yaml\";
}

} // namespace millwright
")
