millwright_library(actors_sensor_windows
  SOURCES pane.cpp recent_readings.cpp windows.cpp windows_code.cpp
  LINK protocol)
