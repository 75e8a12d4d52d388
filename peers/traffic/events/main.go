// Wraps a request or an answer as KServe's agent does (pkg/logger), and writes the event as the
// Kafka binding of CloudEvents says: headers and value of the record, as JSON.
package main

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"os"
	"time"

	"github.com/IBM/sarama"
	kafka "github.com/cloudevents/sdk-go/protocol/kafka_sarama/v2"
	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/cloudevents/sdk-go/v2/binding"
)

func main() {
	mode, eventType, contentType := os.Args[1], os.Args[2], os.Args[3]
	body, err := io.ReadAll(os.Stdin)
	must(err)
	event := cloudevents.NewEvent(cloudevents.VersionV1)
	event.SetID("0a6d4a2e-42")
	event.SetType(eventType)
	event.SetSource("http://localhost:9081/")
	event.SetTime(time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC))
	event.SetExtension("inferenceservicename", "photos")
	event.SetExtension("namespace", "production")
	event.SetExtension("component", "predictor")
	event.SetExtension("endpoint", "")
	event.SetExtension("metadata", "{}")
	must(event.SetData(contentType, body))

	ctx := binding.WithForceBinary(context.Background())
	if mode == "structured" {
		ctx = binding.WithForceStructured(context.Background())
	}
	record := &sarama.ProducerMessage{Topic: "t"}
	must(kafka.WriteProducerMessage(ctx, binding.ToMessage(&event), record))
	value, err := record.Value.Encode()
	must(err)
	headers := map[string]string{}
	for _, header := range record.Headers {
		headers[string(header.Key)] = string(header.Value)
	}
	must(json.NewEncoder(os.Stdout).Encode(map[string]any{"headers": headers, "value": value}))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
