millwright_test(test_actors_sensor_rules
  SOURCES condition_test.cpp novelty_test.cpp rules_property_test.cpp rules_test.cpp state_band_test.cpp
  LINK actors_sensor_rules)
