import './catalog.css';
