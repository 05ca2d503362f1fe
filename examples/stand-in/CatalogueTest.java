import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** OpenMetadata's services for a class of tests: a process beside it, and no container. */
class CatalogueTest {
  private static final HttpClient client = HttpClient.newHttpClient();
  private static ProcessHandle process;
  private static String api;
  private static String admin;

  @BeforeAll
  static void start() throws IOException {
    var command = new ProcessBuilder("npx", "servicebook", "serve", "--memory", "--port", "0", "--json", "--admin");
    BufferedReader output = command.redirectError(ProcessBuilder.Redirect.INHERIT).start().inputReader();
    String ready = output.readLine();
    api = text(ready, "url");
    admin = text(ready, "admin");
    process = ProcessHandle.of(Long.parseLong(text(ready, "pid"))).orElseThrow();
  }

  @AfterAll
  static void stop() {
    process.destroy();
  }

  @BeforeEach
  void asNew() throws Exception {
    ask("POST", admin + "/reset", "");
  }

  @Test
  void versions() throws Exception {
    var services = api + "/v1/services/mlmodelServices";
    var made = ask("POST", services, "{\"name\": \"churn\", \"serviceType\": \"Sklearn\"}");
    assertEquals(201, made.statusCode());
    assertEquals("0.1", text(made.body(), "version"));
    var put = ask("PUT", services, "{\"name\": \"churn\", \"serviceType\": \"Sklearn\", \"description\": \"who leaves\"}");
    assertEquals("0.2", text(put.body(), "version"));
    assertEquals(text(made.body(), "id"), text(put.body(), "id"));
  }

  @Test
  void aFailure() throws Exception {
    ask("POST", admin + "/fail", "{\"status\": 503, \"times\": 1}");
    var services = api + "/v1/services/databaseServices";
    assertEquals(503, ask("GET", services, "").statusCode());
    var answer = ask("GET", services, "");
    assertEquals(200, answer.statusCode());
    assertTrue(answer.body().contains("\"data\":[]"), answer.body());
  }

  private static HttpResponse<String> ask(String method, String url, String body) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json");
    var publisher = body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
    return client.send(request.method(method, publisher).build(), BodyHandlers.ofString());
  }

  /** The value of a key, for which most projects have a JSON library. */
  private static String text(String json, String key) {
    var matcher = Pattern.compile("\"" + key + "\":\"?([^\",}]*)").matcher(json);
    assertTrue(matcher.find(), json);
    return matcher.group(1);
  }
}
