"""What moto supplies: plain services, behind a list of operations, made durable by a journal."""
