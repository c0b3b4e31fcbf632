millwright_test(test_actors_sensor_windows
  SOURCES pane_test.cpp recent_readings_test.cpp windows_test.cpp windows_property_test.cpp windows_code_test.cpp
  LINK actors_sensor_windows)
