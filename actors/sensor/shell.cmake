millwright_library(actors_sensor
  SOURCES sensor_actor.cpp sensor_model.cpp
  LINK actors_sensor_windows actors_sensor_rules protocol caf_core)
