import '../theme/tokens.css';
