// Loaded before the HTTP library of a node: each request ends in something that nobody thought of.
extern "C" int curl_multi_perform(void*, int*) {
  throw 7;
}
