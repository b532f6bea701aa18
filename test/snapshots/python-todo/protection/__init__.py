VERSION: Final = "1.2.3"
